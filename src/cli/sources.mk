bin_PROGRAMS += maskscope
maskscope_SOURCES = \
	src/cli/bench.c \
	src/cli/cli.c src/cli/cli.h \
	src/cli/commands.c src/cli/commands.h \
	src/cli/compare.c \
	src/cli/config_command.c \
	src/cli/eval.c \
	src/cli/headless.c src/cli/headless.h \
	src/cli/info.c \
	src/cli/list.c \
	src/cli/main.c \
	src/cli/masks.c src/cli/masks.h src/cli/masks_report.c \
	src/cli/mask_sheet.c src/cli/mask_sheet.h \
	src/cli/mask_study.c src/cli/mask_study.h \
	src/cli/output.c src/cli/output.h \
	src/cli/paper.c src/cli/paper.h \
	src/cli/probe.c \
	src/cli/reconstruct.c \
	src/cli/replay.c \
	src/cli/run.c \
	src/cli/runs.c src/cli/runs.h \
	src/cli/script.c src/cli/script.h \
	src/cli/sheet.c src/cli/sheet.h \
	src/cli/stats.c \
	src/cli/study.c \
	src/cli/task_progress.c src/cli/task_progress.h \
	src/cli/train.c \
	src/cli/verify.c
maskscope_LDADD = $(ui_libraries) $(run_libraries)
