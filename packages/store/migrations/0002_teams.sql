ALTER TABLE "users" DROP CONSTRAINT "users_tenant_key_user_id_unique";--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "kind" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "achievement_versions_of_teams" ON "achievement_versions" USING btree ("tenant_key","log_seq") WHERE definition->>'scope' = 'team';--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_tenant_key_kind_user_id_unique" UNIQUE("tenant_key","kind","user_id");