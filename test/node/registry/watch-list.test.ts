import { suite } from 'uvu'
import { is } from 'uvu/assert'
import { compareBytes } from '../../../crypto/bytes.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import { Credentials } from '../../../node/audit/credentials.ts'
import { Joiner } from '../../../node/audit/joiner.ts'
import { WatchList } from '../../../node/registry/watch-list.ts'
import type { Deed } from '../../../protocol/deed.ts'
import type { Act } from '../../../protocol/entry/act.ts'
import { encodeEntry } from '../../../protocol/entry/entry.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { shuffled } from '../../support/shuffled.ts'
import { act, handleOf, officers, revocation, roster, type Made } from './support/entries.ts'

type Watch = Extract<Deed, { type: 'watch' }>

const one = handleOf('one')

const promises = suite('the watch list')

promises('has whom two have put there, and why', () => {
  const list = taken(watch({ cause: 'missing' }))
  is(list.causeOf(one), 'missing')
  is(list.causeOf(handleOf('another')), undefined)
})

promises('has them no more once two have taken them off it', () => {
  is(taken(watch(), watch({ listed: 'removed' }, 2)).causeOf(one), undefined)
  is(taken(watch({ listed: 'removed' })).causeOf(one), undefined)
})

promises('goes by the latest word, whatever the order in which it hears', () => {
  const random = new SeededRandom('watch list')
  const words = [
    watch({ cause: 'wanted' }, 1),
    watch({ listed: 'removed', cause: 'wanted' }, 2),
    watch({ cause: 'entry-ban' }, 3),
  ]
  for (let i = 0; i < 10; i += 1) is(taken(...shuffled(words, random)).causeOf(one), 'entry-ban')
})

promises('goes by one of two that were said in one moment, at every node', () => {
  const both = (['wanted', 'missing'] as const).map((cause) => ({ cause, entry: watch({ cause }) }))
  const last = both.toSorted((a, b) => compareBytes(a.entry.leaf, b.entry.leaf)).at(-1)!
  const entries = both.map(({ entry }) => entry)
  is(taken(...entries).causeOf(one), last.cause)
  is(taken(...entries.toReversed()).causeOf(one), last.cause)
})

promises('goes by the last word whose signers had not lost their credentials', () => {
  const credentials = new Credentials({ roster })
  const list = new WatchList({ credentials })
  const joiner = new Joiner({ roster })
  for (const [i, { bytes }] of [watch({}, 1), watch({ listed: 'removed' }, 2)].entries()) {
    list.take(joiner.join('almaty', i + 1, bytes))
  }
  is(list.causeOf(one), undefined)
  const ended = revocation(officers.adjudicator, { from: 2 })
  credentials.take(joiner.join('almaty', 3, ended.bytes))
  is(list.causeOf(one), 'wanted')
})

promises('goes by what was signed once only once, also when it is written into a log again', () => {
  const random = new SeededRandom('watch list again')
  const [added, removed, again] = [watch({}, 1), watch({ listed: 'removed' }, 2), watch({}, 3)]
  for (let i = 0; i < 10; i += 1) {
    const words = shuffled([added, removed, again, copied(removed, 4)], random)
    is(taken(...words).causeOf(one), 'wanted')
    const gone = shuffled([added, removed, copied(added, 4), copied(added, 5)], random)
    is(taken(...gone).causeOf(one), undefined)
  }
})

promises('is not touched by other deeds', () => {
  const by = [officers.registrar]
  is(
    taken(watch(), act({ type: 'confirmation' }, by, { handle: one, at: 5 })).causeOf(one),
    'wanted',
  )
})

promises.run()

function watch(said: Partial<Watch> = {}, at = 1): Made<Act> {
  const deed: Watch = { type: 'watch', listed: 'added', cause: 'wanted', ...said }
  const about = { purpose: 'criminal-investigation', handle: one, at } as const
  return act(deed, [officers.protector, officers.adjudicator], about)
}

/** The same deed and signatures, turned round, in an entry of another time. */
function copied({ entry }: Made<Act>, at: number): Made<Act> {
  const copy = { ...entry, at, signatures: entry.signatures.toReversed() }
  const bytes = encodeEntry(copy)
  return { bytes, entry: copy, leaf: hashLeaf(bytes) }
}

function taken(...entries: readonly Made[]): WatchList {
  const list = new WatchList({ credentials: new Credentials({ roster }) })
  for (const { bytes } of entries) list.take(new Joiner({ roster }).join('almaty', 1, bytes))
  return list
}
