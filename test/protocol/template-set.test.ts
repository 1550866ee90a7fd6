import { array, assert, constantFrom, integer, property, record, uint8Array } from 'fast-check'
import { suite } from 'uvu'
import { equal, is, not } from 'uvu/assert'
import { EMPTY_ROOT } from '../../crypto/hash.ts'
import { TemplateSet, type TemplateName } from '../../protocol/template-set.ts'

const names = record<TemplateName>({
  handle: uint8Array({ minLength: 16, maxLength: 16 }),
  commitment: uint8Array({ minLength: 32, maxLength: 32 }),
  log: constantFrom('almaty', 'astana', 'shymkent'),
  index: integer({ min: 0, max: 1_000 }),
})

const promises = suite('a set of templates')

promises('is the same in whatever order it came about, and whatever was in it before', () => {
  const sets = array(names, { maxLength: 20 }).map((all) => {
    return [...new Map(all.map((name) => [`${name.log} ${name.index}`, name])).values()]
  })
  assert(
    property(sets, sets, (set, gone) => {
      const other = setOf(gone)
      other.root()
      for (const name of gone) is(other.remove(name), true)
      equal(other.root(), EMPTY_ROOT)
      for (const name of set.toReversed()) other.add(name)
      equal(other.root(), setOf(set).root())
      is(other.size, set.length)
    }),
  )
})

promises('is another where one of its templates is', () => {
  assert(
    property(names, names, (one, other) => {
      const before = setOf([one]).root()
      const { handle, commitment } = other
      for (const changed of [
        { ...one, index: one.index + 1 },
        { ...one, log: `${one.log}-2` },
        { ...one, handle: handle.map((byte, at) => (at === 0 ? one.handle[0]! ^ 1 : byte)) },
        { ...one, commitment: commitment.map((byte, at) => (at ? byte : one.commitment[0]! ^ 1)) },
      ]) {
        not.equal(setOf([changed]).root(), before)
      }
      const next = { ...other, log: one.log, index: one.index + 1 }
      not.equal(setOf([one, next]).root(), before)
    }),
  )
})

promises('says whether a template was in it', () => {
  const set = new TemplateSet()
  is(set.remove({ log: 'almaty', index: 0 }), false)
  is(set.size, 0)
  equal(set.root(), EMPTY_ROOT)
})

promises.run()

function setOf(all: readonly TemplateName[]): TemplateSet {
  const set = new TemplateSet()
  for (const name of all) set.add(name)
  return set
}
