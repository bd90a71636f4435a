// Generated from schemas/history/ by packages/contracts/scripts/generate-schemas.mjs. Do not edit.
import type { Schema } from "avsc";

/** Every version that was ever written, oldest first: the last one is the current one. */
export const SCHEMA_VERSIONS = {
	"achievement-revoked": [
		{
			type: "record",
			name: "AchievementRevoked",
			namespace: "cairn",
			doc: "The shape of the JSON on events.achievement.revoked.",
			fields: [
				{ name: "unlock_id", type: "string" },
				{ name: "tenant_id", type: "string" },
				{
					name: "user_id",
					type: ["null", "string"],
					default: null,
					doc: "null for an unlock of a team.",
				},
				{ name: "team_id", type: ["null", "string"], default: null },
				{
					name: "achievement",
					type: {
						type: "record",
						name: "Achievement",
						fields: [
							{ name: "slug", type: "string" },
							{ name: "name", type: "string" },
							{ name: "version", type: "int" },
							{ name: "rarity", type: "string" },
							{ name: "category", type: "string" },
						],
					},
				},
				{ name: "level", type: ["null", "string"], default: null },
				{ name: "period", type: ["null", "string"], default: null },
				{ name: "value", type: "double" },
				{ name: "threshold", type: "double" },
				{ name: "xp_reward", type: "long" },
				{ name: "xp_total", type: "long" },
				{ name: "unlocked_at", type: "string", doc: "RFC 3339." },
				{ name: "caused_by", type: "string" },
				{ name: "evidence", type: { type: "array", items: "string" } },
				{ name: "backfilled", type: "boolean" },
				{ name: "message", type: "string" },
				{ name: "revoked_at", type: "string", doc: "RFC 3339." },
				{ name: "reason", type: "string" },
			],
		},
	],
	"achievement-unlocked": [
		{
			type: "record",
			name: "AchievementUnlocked",
			namespace: "cairn",
			doc: "The shape of the JSON on events.achievement.unlocked.",
			fields: [
				{ name: "unlock_id", type: "string" },
				{ name: "tenant_id", type: "string" },
				{
					name: "user_id",
					type: ["null", "string"],
					default: null,
					doc: "null for an unlock of a team.",
				},
				{ name: "team_id", type: ["null", "string"], default: null },
				{
					name: "achievement",
					type: {
						type: "record",
						name: "Achievement",
						fields: [
							{ name: "slug", type: "string" },
							{ name: "name", type: "string" },
							{ name: "version", type: "int" },
							{ name: "rarity", type: "string" },
							{ name: "category", type: "string" },
						],
					},
				},
				{ name: "level", type: ["null", "string"], default: null },
				{ name: "period", type: ["null", "string"], default: null },
				{ name: "value", type: "double" },
				{ name: "threshold", type: "double" },
				{ name: "xp_reward", type: "long" },
				{ name: "xp_total", type: "long" },
				{ name: "unlocked_at", type: "string", doc: "RFC 3339." },
				{ name: "caused_by", type: "string" },
				{ name: "evidence", type: { type: "array", items: "string" } },
				{ name: "backfilled", type: "boolean" },
				{ name: "message", type: "string" },
			],
		},
	],
	event: [
		{
			type: "record",
			name: "Event",
			namespace: "cairn",
			doc: "What a producer may publish to events.<type> as avro/binary. The same event as the JSON one, field by field.",
			fields: [
				{ name: "event_id", type: ["null", "string"], default: null },
				{ name: "idempotency_key", type: ["null", "string"], default: null },
				{ name: "type", type: "string" },
				{
					name: "actor",
					type: {
						type: "record",
						name: "Actor",
						fields: [
							{ name: "user_id", type: "string" },
							{ name: "tenant_id", type: ["null", "string"], default: null },
							{ name: "team_id", type: ["null", "string"], default: null },
						],
					},
				},
				{
					name: "source",
					type: [
						"null",
						{
							type: "record",
							name: "Source",
							fields: [
								{ name: "platform", type: ["null", "string"], default: null },
								{ name: "app", type: ["null", "string"], default: null },
								{ name: "ref", type: ["null", "string"], default: null },
								{ name: "sdk", type: ["null", "string"], default: null },
								{
									name: "sdk_version",
									type: ["null", "string"],
									default: null,
								},
							],
						},
					],
					default: null,
				},
				{
					name: "occurred_at",
					type: { type: "long", logicalType: "timestamp-millis" },
				},
				{
					name: "properties",
					type: ["null", "string"],
					default: null,
					doc: "A JSON object, as text.",
				},
				{ name: "schema_version", type: "int", default: 1 },
			],
		},
	],
	"log-control-entry": [
		{
			type: "record",
			name: "ControlEntry",
			namespace: "cairn.log",
			doc: "An entry of CAIRN_LOG on log.control.<tenant>.<kind>: all that changes state and is not an event. Every partition sees it at the same place in the order.",
			fields: [
				{ name: "entry_id", type: "string" },
				{ name: "tenant_id", type: "string" },
				{ name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
				{
					name: "actor",
					type: "string",
					doc: "Who did it: the name of a token.",
				},
				{
					name: "body",
					type: [
						{
							type: "record",
							name: "PackPublished",
							fields: [
								{ name: "pack", type: "string" },
								{
									name: "content",
									type: "string",
									doc: "The pack as it was given, as JSON.",
								},
							],
						},
						{
							type: "record",
							name: "UnlockGranted",
							fields: [
								{ name: "user_id", type: "string" },
								{ name: "slug", type: "string" },
								{ name: "level", type: ["null", "string"], default: null },
								{ name: "period", type: ["null", "string"], default: null },
								{ name: "reason", type: "string" },
							],
						},
						{
							type: "record",
							name: "UnlockRevoked",
							fields: [
								{ name: "user_id", type: "string" },
								{ name: "slug", type: "string" },
								{ name: "level", type: ["null", "string"], default: null },
								{ name: "period", type: ["null", "string"], default: null },
								{ name: "reason", type: "string" },
							],
						},
						{
							type: "record",
							name: "TenantConfigured",
							fields: [
								{ name: "timezone", type: ["null", "string"], default: null },
								{
									name: "tier_order",
									type: ["null", { type: "array", items: "string" }],
									default: null,
								},
							],
						},
					],
				},
			],
		},
	],
	"log-event-batch": [
		{
			type: "record",
			name: "EventBatch",
			namespace: "cairn.log",
			doc: "An entry of CAIRN_LOG on log.<partition>.<tenant>: accepted events of one tenant and partition, in order.",
			fields: [
				{ name: "tenant_id", type: "string" },
				{
					name: "events",
					type: {
						type: "array",
						items: {
							type: "record",
							name: "LoggedEvent",
							fields: [
								{ name: "event_id", type: "string" },
								{
									name: "idempotency_key",
									type: ["null", "string"],
									default: null,
								},
								{ name: "type", type: "string" },
								{ name: "user_id", type: "string" },
								{ name: "team_id", type: ["null", "string"], default: null },
								{ name: "platform", type: "string" },
								{ name: "app", type: ["null", "string"], default: null },
								{ name: "ref", type: ["null", "string"], default: null },
								{ name: "sdk", type: ["null", "string"], default: null },
								{
									name: "sdk_version",
									type: ["null", "string"],
									default: null,
								},
								{
									name: "occurred_at",
									type: { type: "long", logicalType: "timestamp-millis" },
								},
								{
									name: "received_at",
									type: { type: "long", logicalType: "timestamp-millis" },
								},
								{ name: "clock_skewed", type: "boolean", default: false },
								{
									name: "properties",
									type: "string",
									doc: "A JSON object, as text.",
								},
								{ name: "schema_version", type: "int", default: 1 },
								{
									name: "event_id_hash",
									type: { type: "fixed", name: "Hash", size: 16 },
								},
								{ name: "key_hash", type: ["null", "Hash"], default: null },
								{ name: "fingerprint", type: ["null", "Hash"], default: null },
								{ name: "payload_hash", type: "Hash" },
							],
						},
					},
				},
			],
		},
	],
} as unknown as Record<
	| "achievement-revoked"
	| "achievement-unlocked"
	| "event"
	| "log-control-entry"
	| "log-event-batch",
	readonly Schema[]
>;
