CREATE TABLE "clock" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"tick_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "progress" ADD COLUMN "lapses_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "progress_lapsing" ON "progress" USING btree ("lapses_at") WHERE "progress"."lapses_at" is not null;