import type { EngineEvent } from '../engineEvent.js';
import { FlatJson, type FlatValue } from './flatJson.js';
import { formatInstant } from './formatInstant.js';
import type { KnownText } from './knownText.js';

type JsonMap = Record<string, unknown>;

/** Nothing interrupts the reading of a property, so one serves for all. */
const flat = new FlatJson();

/**
 * What an expression sees of an event. Each part is made when the first expression asks for it, so an event whose rules
 * look at nothing costs nothing. One context is used for one event at a time and then again for the next.
 */
export class EventContext {
  #event: EngineEvent | null = null;
  #properties: JsonMap | undefined;
  #actor: JsonMap | undefined;
  #source: JsonMap | undefined;
  #envelope: JsonMap | undefined;

  /** Why the last expression failed, in the words of the evaluator; for explanations only. */
  failure: string | null = null;

  of(event: EngineEvent): this {
    this.#event = event;
    this.#properties = undefined;
    this.#actor = undefined;
    this.#source = undefined;
    this.#envelope = undefined;
    this.failure = null;
    return this;
  }

  /** @throws where the properties are no JSON object; the caller takes that for a failed evaluation. */
  get properties(): JsonMap {
    return (this.#properties ??= parseObject(this.#current.propertiesJson));
  }

  /** A property that is a text, a number or true/false; undefined for any other and where there is none. @throws as `properties` does. */
  property(name: KnownText): FlatValue {
    const { propertiesJson } = this.#current;
    if (this.#properties === undefined && flat.read(propertiesJson)) return flat.get(name);
    const { properties } = this;
    // The evaluator takes an object by its constructor, which an event may bring itself.
    const value = properties.constructor === Object ? properties[name.text] : undefined;
    return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
  }

  /** Whether the properties are a JSON object, so that they and the envelope can be looked at. */
  get isReadable(): boolean {
    try {
      return typeof this.properties === 'object';
    } catch {
      return false;
    }
  }

  get actor(): JsonMap {
    const event = this.#current;
    return (this.#actor ??= withoutNulls({ user_id: event.userId, tenant_id: event.tenantId, team_id: event.teamId }));
  }

  get source(): JsonMap {
    const { platform, app, ref, sdk, sdkVersion } = this.#current.source;
    return (this.#source ??= withoutNulls({ platform, app, ref, sdk, sdk_version: sdkVersion }));
  }

  get event(): JsonMap {
    const event = this.#current;
    return (this.#envelope ??= withoutNulls({
      event_id: event.eventId,
      type: event.type,
      occurred_at: formatInstant(event.occurredAt),
      schema_version: event.schemaVersion,
      clock_skewed: event.clockSkewed,
      actor: this.actor,
      source: this.source,
      properties: this.properties,
    }));
  }

  get #current(): EngineEvent {
    if (this.#event === null) throw new Error('an expression was evaluated without an event');
    return this.#event;
  }
}

function parseObject(json: string): JsonMap {
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('properties are not a JSON object');
  return parsed as JsonMap;
}

/** Absent is absent, as in the JSON that was sent: `has(actor.team_id)` is false. Without a prototype there is none to reach. */
function withoutNulls(fields: JsonMap): JsonMap {
  const map = Object.create(null) as JsonMap;
  for (const [key, value] of Object.entries(fields)) if (value !== null) map[key] = value;
  return map;
}
