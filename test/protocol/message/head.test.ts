import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { CHECKPOINT_BYTES_MAX, NODES_MAX } from '../../../protocol/limits.ts'
import { heads } from '../../../protocol/message/head.ts'
import { heads as anyHeads } from '../../support/arbitraries.ts'
import { codeOf, promiseCodec } from '../support/codec-promises.ts'

const promises = suite('heads')

promiseCodec(promises, { ...heads, name: 'heads' }, anyHeads)

promises('are two of each log that a roster can have, none with a longer note than allowed', () => {
  const head = { log: 'astana', checkpoint: 'a\n\n— b c\n' }
  const all = Array.from({ length: 2 * NODES_MAX }, () => head)
  equal(heads.decode(heads.encode(all)), all)
  is(
    codeOf(() => heads.decode(heads.encode([...all, head]))),
    'malformed',
  )
  for (const [length, code] of [
    [CHECKPOINT_BYTES_MAX, undefined],
    [CHECKPOINT_BYTES_MAX + 1, 'malformed'],
  ] as const) {
    const long = heads.encode([{ ...head, checkpoint: '\n'.repeat(length) }])
    is(
      codeOf(() => heads.decode(long)),
      code,
    )
  }
})

promises('that no frame can hold are not even sent', () => {
  const head = { log: 'astana', checkpoint: '\n'.repeat(CHECKPOINT_BYTES_MAX) }
  is(
    codeOf(() => heads.encode(Array.from({ length: 18 }, () => head))),
    'too-large',
  )
})

promises.run()
