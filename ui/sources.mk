noinst_LIBRARIES += libui.a libpanel.a libwindow.a
libui_a_SOURCES = \
	ui/action.c ui/action.h \
	ui/colormap.c ui/colormap.h \
	ui/command_line.c \
	ui/confirm.c ui/confirm.h \
	ui/event_words.c ui/event_words.h \
	ui/export.c ui/export.h \
	ui/key.c ui/key.h ui/key_file.c \
	ui/live_rows.c ui/live_rows.h \
	ui/live_tables.c ui/live_tables.h \
	ui/mask_measures.c ui/mask_measures.h \
	ui/model.c ui/model.h \
	ui/pending.c ui/pending.h \
	ui/picture.c ui/picture.h \
	ui/perform.c ui/perform.h ui/perform_display.c ui/perform_mask.c ui/perform_training.c \
	ui/range.c ui/range.h \
	ui/shift.c ui/shift.h \
	ui/smooth.c ui/smooth.h \
	ui/task_words.c ui/task_words.h \
	ui/ticks.c ui/ticks.h \
	ui/words.c ui/words.h
libpanel_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS)
libpanel_a_SOURCES = \
	ui/panel/bars.c ui/panel/bars.h \
	ui/panel/cells.c ui/panel/cells.h \
	ui/panel/chart.c ui/panel/chart.h ui/panel/chart_events.c ui/panel/chart_events.h \
	ui/panel/completion.c ui/panel/completion.h \
	ui/panel/form.c ui/panel/form.h ui/panel/form_fields.c ui/panel/form_fields.h \
	ui/panel/format.c ui/panel/format.h \
	ui/panel/grid.c ui/panel/grid.h \
	ui/panel/help.c \
	ui/panel/history.c ui/panel/history.h \
	ui/panel/input.c ui/panel/input.h \
	ui/panel/law_menu.c ui/panel/strategy_menu.c \
	ui/panel/list.c ui/panel/list.h \
	ui/panel/menu.c ui/panel/menu.h \
	ui/panel/palette.c ui/panel/palette.h \
	ui/panel/panel.c ui/panel/panel.h ui/panel/panel_act.c ui/panel/panel_input.c ui/panel/panel_private.h \
	ui/panel/paste.c ui/panel/paste.h \
	ui/panel/plot.c ui/panel/plot.h \
	ui/panel/prompt.c ui/panel/prompt.h \
	ui/panel/screen.c ui/panel/screen.h \
	ui/panel/columns.c ui/panel/columns.h \
	ui/panel/terminal.c ui/panel/terminal.h \
	ui/panel/theme.c ui/panel/theme.h ui/panel/theme_file.c \
	ui/panel/training_arms.c ui/panel/training_arms.h \
	ui/panel/view.h ui/panel/view_arms.c ui/panel/view_log.c ui/panel/view_settings.c \
	ui/panel/view_images.c ui/panel/view_masks.c ui/panel/view_statistics.c ui/panel/view_timeline.c ui/panel/view_training.c
libwindow_a_CFLAGS = $(AM_CFLAGS) $(SDL_CFLAGS)
libwindow_a_SOURCES = \
	ui/window/asking.c ui/window/asking.h \
	ui/window/attention.h ui/window/attention_maps.c \
	ui/window/buttons.c ui/window/buttons.h \
	ui/window/canvas.c ui/window/canvas.h \
	ui/window/canvas_text.c \
	ui/window/curves.h \
	ui/window/curves_layout.c \
	ui/window/curves_lines.c \
	ui/window/curves_marks.c \
	ui/window/curves_tip.c \
	ui/window/display_guard.c ui/window/display_guard.h \
	ui/window/event.c ui/window/event.h \
	ui/window/figure.c ui/window/figure.h \
	ui/window/font.c ui/window/font.h \
	ui/window/font_builtin.c ui/window/font_builtin.h \
	ui/window/glyph_cache.c ui/window/glyph_cache.h \
	ui/window/help.c ui/window/help.h \
	ui/window/legend.c ui/window/legend.h \
	ui/window/magnified.c ui/window/magnified.h \
	ui/window/magnifier.c ui/window/magnifier.h \
	ui/window/mask_text.c ui/window/mask_text.h \
	ui/window/masks.h ui/window/masks_side.c \
	ui/window/paint.c ui/window/paint.h \
	ui/window/picture_cache.c ui/window/picture_cache.h \
	ui/window/picture_row.c ui/window/picture_row.h \
	ui/window/plot.c ui/window/plot.h \
	ui/window/raster.c ui/window/raster.h \
	ui/window/screenshot.c ui/window/screenshot.h \
	ui/window/series.c ui/window/series.h \
	ui/window/shown.c ui/window/shown.h \
	ui/window/statistics.h ui/window/statistics_charts.c ui/window/statistics_data.c \
	ui/window/statistics_matrix.c \
	ui/window/theme.c ui/window/theme.h \
	ui/window/tiles.c ui/window/tiles.h \
	ui/window/tiles_around.c \
	ui/window/tiles_draw.c \
	ui/window/tiles_layout.c ui/window/tiles_layout.h \
	ui/window/view.h \
	ui/window/view_attention.c \
	ui/window/view_compare.c \
	ui/window/view_curves.c \
	ui/window/view_history.c \
	ui/window/view_images.c \
	ui/window/view_masks.c \
	ui/window/view_paint.c \
	ui/window/view_statistics.c \
	ui/window/views.c \
	ui/window/window.c ui/window/window.h \
	ui/window/window_draw.c \
	ui/window/window_input.c \
	ui/window/window_private.h
ui_libraries = libpanel.a libwindow.a libui.a $(NCURSES_LIBS) $(SDL_LIBS)
