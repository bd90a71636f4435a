import type { DeliveryInfo, JsMsg } from '@nats-io/jetstream';

/** What the door takes of a message of EVENTS. */
export type DoorMessage = Pick<JsMsg, 'subject' | 'data' | 'headers' | 'seq' | 'ack' | 'nak'> & {
  info: Pick<DeliveryInfo, 'stream' | 'timestampNanos' | 'deliveryCount'>;
};
