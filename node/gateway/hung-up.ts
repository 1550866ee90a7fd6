import type { FastifyReply } from 'fastify'

/** Fires when the client is gone before it was answered: nobody need work for it any more. */
export function hungUp({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  return gone.signal
}
