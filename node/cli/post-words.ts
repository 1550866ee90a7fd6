/** What a post has to say, in lines for whoever sits at the desk. */
import { systemClock } from '../clock.ts'
import type { Delivered } from '../post/delivery.ts'
import type { Cached } from '../post/post-caches.ts'
import { ageOf } from '../post/post-lines.ts'
import type { PostState, Seen } from '../post/post.ts'
import type { Identity } from '../tls/identity.ts'

/** The widest name of a check, and the widest outcome. */
const NAME_CHARACTERS = 22
const OUTCOME_CHARACTERS = 13

export function seenLines({ id, checks, node, cutOff, verdict, because, step }: Seen): string[] {
  const by = node === undefined ? `cut off: ${cutOff}` : `${node} answered`
  const why = because.length > 0 ? `, because of ${because.join(', ')}` : ''
  return [
    `inspection ${id}: ${by}`,
    ...checks.map(({ name, outcome, reason, detail }) => {
      const said = outcome === 'successful' ? detail : [reason, detail].filter(Boolean).join(': ')
      const columns = [name.padEnd(NAME_CHARACTERS), outcome.padEnd(OUTCOME_CHARACTERS), said]
      return `  ${columns.join(' ').trimEnd()}`
    }),
    `verdict: ${verdict}${why}`,
    `next: ${step}`,
  ]
}

export function cacheLines({ roster, watch, trust }: PostState): string[] {
  const { network, epoch } = roster.value
  return [
    `roster: epoch ${epoch} of ${network}, ${age(roster)}`,
    watch ? `watch list: ${watch.value} people, ${age(watch)}` : 'watch list: none is kept',
    trust ? `states: ${trust.value} files, ${age(trust)}` : 'states: none is believed',
  ]
}

export function stateLines(state: PostState): string[] {
  const { waiting, refused, open } = state
  return [
    ...cacheLines(state),
    `queue: ${waiting} wait for a node, ${refused} are refused`,
    `to be decided: ${open.length > 0 ? open.join(' ') : 'none'}`,
  ]
}

export function certificateLine(own: Identity | undefined): string {
  if (!own) return 'certificate: none, "post enroll" asks for one'
  const isOver = own.notAfter < systemClock.now()
  return `certificate: ${isOver ? 'OVER since' : 'until'} ${new Date(own.notAfter).toISOString()}`
}

export function sayDelivered({ delivered, held }: Delivered): void {
  for (const { number, node } of delivered) console.log(`crossing ${number} is logged at ${node}`)
  if (held !== undefined) console.log(`kept for later: ${held}`)
}

function age(cached: Cached<unknown>): string {
  return `${ageOf(cached)} old${cached.isOutdated ? ', TOO OLD to be relied on' : ''}`
}
