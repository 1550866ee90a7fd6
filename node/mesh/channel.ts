/**
 * One libp2p stream as a two-way sequence of messages, with bounded memory in both directions.
 */
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { FRAME_BYTES_MAX } from '../../protocol/limits.ts'
import { FrameReader } from './frame.ts'
import { BATCH_BYTES_MAX, QUEUE_BYTES_MAX, QUEUE_RESERVE_BYTES } from './limits.ts'
import { decodeMessage, type Message } from './wire.ts'

export interface ChannelEvents {
  /**
   * A message has come. A `TamgaError` thrown here is the peer's fault, like an unreadable frame.
   */
  onMessage(message: Message): void
  /** The peer sent what it must not; the stream is aborted. `onClosed` follows. */
  onFault(fault: TamgaError): void
  /** The stream is gone, whoever ended it and however. Called once. */
  onClosed(): void
}

/**
 * Owns the stream: nobody else may read, write or close it.
 *
 * Frames that are written in one turn leave together. What the stream cannot take yet waits here,
 * and not in the stream: its own buffer has no limit, and its `onDrain()` resolves too early.
 */
export class Channel {
  readonly #stream: Stream
  readonly #events: ChannelEvents
  readonly #reader = new FrameReader(FRAME_BYTES_MAX)
  #queue: Uint8Array[] = []
  #queueBytes = 0
  #isFlushing = false
  #isClosed = false

  constructor(stream: Stream, events: ChannelEvents) {
    this.#stream = stream
    this.#events = events
    stream.addEventListener('close', this.#onStreamClose)
    stream.addEventListener('remoteCloseWrite', this.#onStreamEnd)
    // libp2p carries on in a microtask after `drain`; only then it is known whether there is room.
    stream.addEventListener('drain', this.#flushSoon)
    stream.addEventListener('idle', this.#flushSoon)
    stream.addEventListener('message', this.#onStreamMessage)
    if (stream.status !== 'open') queueMicrotask(() => this.#closed())
  }

  get isOpen(): boolean {
    return !this.#isClosed
  }

  /** Queues a frame; false, and nothing done, when the queue is full or the stream is gone. */
  send(frame: Uint8Array): boolean {
    return this.#enqueue(frame, QUEUE_BYTES_MAX)
  }

  /** As `send`, with some room left when the queue is full: for what must be said nevertheless. */
  sendUrgent(frame: Uint8Array): boolean {
    return this.#enqueue(frame, QUEUE_BYTES_MAX + QUEUE_RESERVE_BYTES)
  }

  /** Ends the stream at once; what is queued is lost. */
  abort(reason: Error): void {
    this.#stream.abort(reason)
    this.#closed()
  }

  #enqueue(frame: Uint8Array, bytesMax: number): boolean {
    if (this.#isClosed || this.#queueBytes + frame.length > bytesMax) return false
    this.#queue.push(frame)
    this.#queueBytes += frame.length
    this.#flushSoon()
    return true
  }

  readonly #flushSoon = (): void => {
    if (this.#isFlushing || this.#isClosed || this.#queueBytes === 0) return
    this.#isFlushing = true
    queueMicrotask(() => {
      this.#isFlushing = false
      this.#flush()
    })
  }

  #flush(): void {
    const stream = this.#stream
    let sent = 0
    try {
      while (sent < this.#queue.length && hasRoom(stream)) {
        const end = batchEnd(this.#queue, sent)
        const batch = this.#queue.slice(sent, end)
        sent = end
        stream.send(joined(batch))
      }
    } catch (error) {
      this.abort(asTamgaError(error))
    }
    for (const frame of this.#queue.splice(0, sent)) this.#queueBytes -= frame.length
  }

  readonly #onStreamMessage = ({ data }: StreamMessageEvent): void => {
    const chunks = data instanceof Uint8Array ? [data] : data
    try {
      for (const chunk of chunks) this.#reader.push(chunk, this.#onFrame)
    } catch (error) {
      if (this.#isClosed) return
      const fault = asTamgaError(error)
      this.#events.onFault(fault)
      this.abort(fault)
    }
  }

  readonly #onFrame = (body: Uint8Array): void => {
    if (!this.#isClosed) this.#events.onMessage(decodeMessage(body))
  }

  /** Half a stream is of no use here: who stops writing neither asks nor answers. */
  readonly #onStreamEnd = (): void => {
    this.#stream.close().catch((error: Error) => this.#stream.abort(error))
    this.#closed()
  }

  readonly #onStreamClose = (_event: StreamCloseEvent): void => {
    this.#closed()
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#queue = []
    this.#queueBytes = 0
    this.#events.onClosed()
  }
}

function hasRoom(stream: Stream): boolean {
  return (
    stream.writeStatus === 'writable' &&
    !stream.writableNeedsDrain &&
    stream.writeBufferLength === 0
  )
}

/**
 * Where the batch ends that starts at `from`: as many frames as one message carries, at least one.
 */
function batchEnd(queue: readonly Uint8Array[], from: number): number {
  let bytes = 0
  let end = from
  for (; end < queue.length; end += 1) {
    bytes += queue[end]?.length ?? 0
    if (bytes > BATCH_BYTES_MAX && end > from) break
  }
  return end
}

function joined(batch: readonly Uint8Array[]): Uint8Array {
  const [only] = batch
  if (only && batch.length === 1) return only
  const whole = new Uint8Array(batch.reduce((sum, frame) => sum + frame.length, 0))
  let at = 0
  for (const frame of batch) {
    whole.set(frame, at)
    at += frame.length
  }
  return whole
}
