UPDATE arms SET name = x'00ff'; UPDATE events SET kind = '', step = -5, time = 'x';
