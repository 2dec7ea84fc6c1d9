noinst_LIBRARIES += librun.a
librun_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS)
librun_a_SOURCES = \
	src/run/arm.c src/run/arm.h src/run/arm_trouble.c src/run/arm_trouble.h \
	src/run/baseline.c src/run/baseline.h \
	src/run/benchmark.c src/run/benchmark.h \
	src/run/command.c src/run/command.h \
	src/run/config.c src/run/config.h src/run/config_private.h src/run/config_read.c \
	src/run/config_derived.c src/run/settings.c \
	src/run/downstream.c src/run/downstream.h src/run/downstream_private.h \
	src/run/downstream_data.c src/run/downstream_finetune.c src/run/downstream_knn.c src/run/downstream_linear.c \
	src/run/downstream_inpaint.c src/run/downstream_lowshot.c src/run/downstream_read.c src/run/downstream_record.c \
	src/run/downstream_pace.c src/run/downstream_pace.h \
	src/run/downstream_patches.c src/run/downstream_patches.h src/run/downstream_pixels.c \
	src/run/downstream_segment.c \
	src/run/evaluate.c src/run/evaluate.h \
	src/run/feature_cache.c src/run/feature_cache.h \
	src/run/finetune_file.c src/run/finetune_file.h \
	src/run/fork.c src/run/fork.h \
	src/run/folder.c src/run/folder.h \
	src/run/gallery.c src/run/gallery.h \
	src/run/guide.c src/run/guide.h \
	src/run/inspect.c src/run/inspect.h \
	src/run/evaluation_set_common.c src/run/evaluation_set_file.c src/run/evaluation_set_join.c \
	src/run/evaluation_set_private.h \
	src/run/evaluation_set_read.c src/run/evaluation_set_runs.c src/run/evaluation_set.c src/run/evaluation_set.h \
	src/run/profile.c src/run/profile.h \
	src/run/history.c src/run/history.h \
	src/run/picture_writer.c src/run/picture_writer.h \
	src/run/pictures.c src/run/pictures.h \
	src/run/question.c src/run/question.h \
	src/run/responder.c src/run/responder.h \
	src/run/mask_batch.c src/run/mask_batch.h \
	src/run/mask_display.c src/run/mask_display.h \
	src/run/record.c src/run/record.h \
	src/run/replay.c src/run/replay.h src/run/replay_checkpoints.c src/run/replay_compare.c \
	src/run/replay_compare.h src/run/replay_rows.c src/run/replay_rows.h \
	src/run/run.c src/run/run.h \
	src/run/schedule.c src/run/schedule.h \
	src/run/sample.c src/run/sample.h \
	src/run/saved.c src/run/saved.h \
	src/run/snapshot.c src/run/snapshot.h \
	src/run/study.c src/run/study.h src/run/study_private.h src/run/study_cost.c \
	src/run/study_divide.c src/run/study_measure.c src/run/study_wanted.c src/run/study_template.c \
	src/run/study_grid.c src/run/study_plan.c src/run/study_results.c src/run/study_compare.c src/run/study_tables.c \
	src/run/study_tasks.c \
	src/run/tables.c src/run/tables.h src/run/tables_private.h \
	src/run/tables_classes.c src/run/tables_eval.c src/run/tables_arms.c src/run/tables_cross.c src/run/tables_sample.c src/run/tables_caption.c src/run/tables_evaluation.c src/run/tables_images.c \
	src/run/tables_pairs.c src/run/tables_probes.c src/run/tables_probe_pairs.c src/run/tables_profile.c src/run/tables_ratios.c \
	src/run/tables_record.c src/run/tables_seeds.c src/run/tables_settings.c \
	src/run/teacher.c src/run/teacher.h \
	src/run/trainer.c src/run/trainer.h src/run/trainer_answer.c \
	src/run/trainer_arms.c src/run/trainer_command.c \
	src/run/trainer_evaluate.c src/run/trainer_event.c src/run/trainer_open.c src/run/trainer_probe.c src/run/trainer_task.c src/run/trainer_record.c src/run/trainer_rehearse.c \
	src/run/trainer_resume.c src/run/trainer_step.c
librun_a_SOURCES += \
	src/run/checkpoint.c src/run/checkpoint.h \
	src/run/checkpoint_folder.c src/run/checkpoint_folder.h \
	src/run/safetensors.c src/run/safetensors.h src/run/safetensors_private.h \
	src/run/safetensors_header.c src/run/safetensors_type.c src/run/safetensors_write.c \
	src/run/store.c src/run/store_open.c src/run/store.h src/run/store_private.h src/run/store_probe.c src/run/store_profile.c \
	src/run/store_read.c \
	src/run/store_schema.h src/run/store_write.c \
	src/run/verify.c src/run/verify.h src/run/verify_mae.c src/run/verify_private.h \
	src/run/verify_probe.c src/run/verify_resample.c
run_libraries = librun.a $(SQLITE_LIBS) $(JANSSON_LIBS) $(stats_libraries) $(mask_libraries) \
	$(probe_libraries) \
	$(data_libraries) $(nn_libraries) $(base_libraries)
