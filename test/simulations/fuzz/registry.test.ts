import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { DECODERS } from '../../../simulations/fuzz/registry.ts'
import { repository } from '../../support/data.ts'
import { filesBelow, isCodeFile, readSource, type Source } from '../../support/tidy/source.ts'

/** Where bytes come in: from peers, files and clients. */
const FOLDERS = [
  'crypto/',
  'protocol/',
  'matcher/template/',
  'matcher/image/',
  'node/mesh/',
  'node/store/',
]

/** What decoders are called, or made by: the first group is the name. */
const DECODING: readonly RegExp[] = [
  /\bexport (?:async )?function\*? ((?:decode|open|parse|read|verify)\w*)/g,
  /\bexport const ((?:decode|open|parse|read)\w*) =/g,
  /\bexport const \{ [^}]*\bopen: (\w+)/g,
  /\bexport class (\w*Reader)\b/g,
  /\bconst (\w+) = codec[<(]/g,
]

/** What the pattern finds and is no decoder of somebody's bytes, and why. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['crypto/reference-ed25519.ts#referenceVerify', 'TweetNaCl itself, which only tests call'],
  ['protocol/receipt.ts#verifyReceipt', 'takes fields that have been decoded; then a signature'],
  ['protocol/rules/case.ts#openCase', 'begins a case: an act, not bytes'],
])

const sources = filesBelow(repository)
  .filter((path) => isCodeFile(path) && FOLDERS.some((folder) => path.startsWith(folder)))
  .map((path) => readSource(repository, path))
const covered = new Set(DECODERS.flatMap(({ covers }) => covers))

const promises = suite('the registry of decoders')

promises('forgets none that the sources have', () => {
  const found = sources.flatMap(decodersIn)
  const missing = found.filter((place) => !covered.has(place) && !EXCEPTIONS.has(place))
  equal(missing, [])
  is(found.length > 60, true)
})

promises('names nothing that is not there', () => {
  const all = filesBelow(repository)
  const missing = [...covered, ...EXCEPTIONS.keys()].filter((place) => {
    const [path = '', name = ''] = place.split('#')
    if (!all.includes(path)) return true
    return !new RegExp(`\\b${name}\\b`).test(readSource(repository, path).code)
  })
  equal(missing, [])
})

promises('excepts nothing that is fuzzed', () => {
  equal(
    [...EXCEPTIONS.keys()].filter((place) => covered.has(place)),
    [],
  )
})

promises('has a name for each, and no name twice', () => {
  const names = DECODERS.map(({ name }) => name)
  is(new Set(names).size, names.length)
  equal(
    names.filter((name) => !/^[a-z][a-z0-9-]*$/.test(name)),
    [],
  )
})

for (const decoder of DECODERS) {
  promises(`${decoder.name}: every seed decodes, and comes back where it can be encoded`, () => {
    const seeds = decoder.seeds(1)
    is(seeds.length > 0, true)
    for (const seed of seeds) {
      const value = decoder.decode(seed)
      if (decoder.encode) equal(decoder.decode(decoder.encode(value)), value)
    }
  })
}

promises.run()

function decodersIn({ path, code }: Source): string[] {
  return DECODING.flatMap((pattern) => {
    return [...code.matchAll(pattern)].map(([, name]) => `${path}#${name}`)
  })
}
