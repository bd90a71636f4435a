ALTER TABLE "recounts" ADD COLUMN "by_hand" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "unlocks" ADD COLUMN "restored_seq" bigint;--> statement-breakpoint
ALTER TABLE "unlocks" ADD COLUMN "restored_index" integer;--> statement-breakpoint
ALTER TABLE "unlocks" ADD COLUMN "restored_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "unlocks" ADD COLUMN "restored_by" text;