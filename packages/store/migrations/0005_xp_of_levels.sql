ALTER TABLE "xp_entries" ADD COLUMN "level" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "xp_entries" ADD COLUMN "period" text COLLATE "C";