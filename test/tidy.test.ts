import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { repository } from './support/data.ts'
import { importViolations, importsOf } from './support/tidy/imports.ts'
import {
  nameViolations,
  runViolations,
  strayViolations,
  testPlaceViolations,
} from './support/tidy/names.ts'
import { sizeViolations } from './support/tidy/size.ts'
import {
  describe,
  filesBelow,
  isCodeFile,
  readSource,
  sourceOf,
  type Violation,
} from './support/tidy/source.ts'
import { machinePathViolations, wordViolations } from './support/tidy/words.ts'

const house = suite('the house')
const paths = filesBelow(repository)
const sources = paths.filter(isCodeFile).map((path) => readSource(repository, path))
const texts = paths
  .filter((path) => isCodeFile(path) || /\.(?:md|html|css|ya?ml|sh)$|^package\.json$/.test(path))
  .map((path) => readSource(repository, path))

house('is there', () => {
  is(
    ['crypto', 'protocol', 'matcher', 'node', 'simulations', 'test'].filter(
      (top) => !sources.some(({ path }) => path.startsWith(`${top}/`)),
    ).length,
    0,
  )
})

house('imports downwards only, and each package in its own room', () => {
  holds(sources.flatMap(importViolations))
})

house('has code in its six folders and nowhere else', () => {
  holds(strayViolations(paths))
})

house('keeps files, functions and lines short', () => {
  holds(sources.flatMap(sizeViolations))
})

house('has names in kebab-case', () => {
  holds(nameViolations(paths))
})

house('has no enum, no default export, nothing silenced, skipped or put off', () => {
  holds(sources.flatMap(wordViolations))
})

house('mentions no path of a single machine', () => {
  holds(texts.flatMap(machinePathViolations))
})

house('is mirrored by its tests', () => {
  holds(testPlaceViolations(paths))
})

house('runs every suite that it has', () => {
  holds(sources.flatMap(runViolations))
})

house.run()

const rules = suite('a rule of the house')

const IMPORTS: readonly [path: string, specifier: string, isAllowed: boolean][] = [
  ['crypto/note.ts', './bytes.ts', true],
  ['crypto/merkle/tile.ts', '../hash.ts', true],
  ['crypto/note.ts', '../protocol/errors.ts', false],
  ['crypto/note.ts', 'node:fs', false],
  ['crypto/note.ts', 'node:crypto', true],
  ['protocol/codec.ts', '../crypto/bytes.ts', true],
  ['protocol/codec.ts', '../matcher/build.ts', false],
  ['protocol/codec.ts', '../node/limits.ts', false],
  ['protocol/codec.ts', 'node:fs/promises', false],
  ['matcher/score/score.ts', '../integer.ts', true],
  ['matcher/score/score.ts', '../../crypto/hash.ts', false],
  ['matcher/score/score.ts', 'node:net', false],
  ['matcher/score/score.ts', 'jpeg-js', false],
  ['matcher/image/jpeg.ts', 'jpeg-js', true],
  ['matcher/image/open-jpeg.ts', '@cornerstonejs/codec-openjpeg/decodewasmjs', true],
  ['node/search/search.ts', '../../matcher/build.ts', true],
  ['node/search/search.ts', '../log/log.ts', true],
  ['node/search/search.ts', '../registry/registry.ts', true],
  ['node/search/search.ts', '../clock.ts', true],
  ['node/search/search.ts', '../enrol/enrol.ts', false],
  ['node/search/search.ts', '../node.ts', false],
  ['node/search/search.ts', '../cellar/wine.ts', false],
  ['node/search/search.ts', '../../test/support/data.ts', false],
  ['node/search/search.ts', '../../simulations/world/world.ts', false],
  ['node/print/png.ts', '../../matcher/image/write-png.ts', true],
  ['node/print/png.ts', '../log/log.ts', false],
  ['node/clock.ts', './store/store.ts', false],
  ['node/cellar/wine.ts', '../clock.ts', false],
  ['node/cli/main.ts', '../node.ts', true],
  ['node/node.ts', './cli/main.ts', false],
  ['node/audit/verify.ts', './report.ts', true],
  ['node/audit/verify.ts', '../../protocol/part.ts', true],
  ['node/audit/verify.ts', '../../matcher/build.ts', false],
  ['node/audit/verify.ts', '../store/store.ts', false],
  ['node/audit/verify.ts', '../clock.ts', false],
  ['node/mesh/link.ts', 'libp2p', true],
  ['node/mesh/link.ts', '@chainsafe/libp2p-noise', true],
  ['node/log/log.ts', 'libp2p', false],
  ['node/log/log.ts', '@libp2p/interface', false],
  ['node/log/log.ts', '@multiformats/multiaddr', false],
  ['protocol/roster.ts', '@multiformats/multiaddr', false],
  ['node/store/level-store.ts', 'level', true],
  ['node/node.ts', 'level', false],
  ['node/gateway/server.ts', 'fastify', true],
  ['node/gateway/server.ts', '@fastify/swagger', true],
  ['node/console/server.ts', 'fastify', false],
  ['simulations/world/world.ts', '../../node/store/store.ts', true],
  ['test/node/mesh/link.test.ts', 'libp2p', true],
  ['test/tidy.test.ts', '../simulations/world/world.ts', true],
]

for (const [path, specifier, isAllowed] of IMPORTS) {
  rules(`${path} ${isAllowed ? 'may' : 'may not'} import ${specifier}`, () => {
    for (const statement of [
      `import { x } from '${specifier}'`,
      `import type { X } from '${specifier}'`,
      `import {\n  x,\n  y,\n} from "${specifier}"`,
      `export { x } from '${specifier}'`,
      `import '${specifier}'`,
      `const x = await import('${specifier}')`,
    ]) {
      is(importViolations(sourceOf(path, statement)).length, isAllowed ? 0 : 1, statement)
    }
  })
}

rules('sees no import in a comment, a string or a template', () => {
  const text = "// from 'a'\n/* import 'b' */\nconst c = \"from 'c'\"\nconst d = `from 'd' ${e}`\n"
  equal(importsOf(sourceOf('node/x.ts', text)), [])
})

rules('tells code from literals and comments', () => {
  const text = [
    "const a = 'enum X { }' // as any",
    'const b = `x ${`enum Y {` + c({ d: 1 })} enum Z {`',
    "const e = /['`]enum W {/ // TODO",
    'const f = g / 2 // a quotient / no regex',
    "const h = '\\'' + \"as any\"",
    'const i = 1 as any',
  ].join('\n')
  const { code, comments } = sourceOf('node/x.ts', text)
  is(code.length, text.length)
  is(comments.trim().split(/\s{2,}/).length, 3)
  equal(found(wordViolations(sourceOf('node/x.ts', text))).sort(), ['3', '6'])
})

const WORDS: readonly [text: string, count: number][] = [
  ['enum Colour { Red }', 1],
  ['export const enum Colour { Red }', 1],
  ['const enumerated = 1', 0],
  ['export default class {}', 1],
  ['export { x as default }', 1],
  ['export const x = 1', 0],
  ['const x = y as any', 1],
  ['const x = y as anything', 0],
  ['// @ts-ignore', 1],
  ['/* @ts-expect-error */', 1],
  ['// TODO: later', 1],
  ['/** FIXME */', 1],
  ["const x = 'TODO'", 0],
  ["promises.only('x', y)", 1],
  ["promises.skip('x', y)", 1],
  ['// promises.only(x)', 0],
]

for (const [text, count] of WORDS) {
  rules(`${count === 0 ? 'lets' : 'does not let'} “${text}” pass`, () => {
    is(wordViolations(sourceOf('node/x.ts', text)).length, count)
  })
}

rules('finds paths of one machine in code, comments and text', () => {
  for (const folder of ['work', 'tmp', 'root', 'home']) {
    const path = ['', folder, 'x'].join('/')
    for (const text of [`'${path}'`, `// see ${path}`, `(${path})`, `${path}.md`]) {
      is(machinePathViolations({ path: 'docs/x.md', text }).length, 1, text)
    }
    is(machinePathViolations({ path: 'docs/x.md', text: `our${path} ..${path}` }).length, 0)
  }
})

rules('measures files and lines', () => {
  is(sizeViolations(sourceOf('node/x.ts', 'x\n'.repeat(400))).length, 0)
  is(sizeViolations(sourceOf('node/x.ts', 'x\n'.repeat(401))).length, 1)
  is(sizeViolations(sourceOf('node/x.ts', '字'.repeat(100))).length, 0)
  equal(found(sizeViolations(sourceOf('node/x.ts', `\n${'x'.repeat(101)}`))), ['2'])
})

const HEADS: readonly [head: string, isFunction: boolean][] = [
  ['function x() {', true],
  ['export async function* x(a: string): AsyncGenerator<Y> {', true],
  ['const x = (a) => {', true],
  ['items.forEach((a) => {', true],
  ["test('x', async () => {", true],
  ['constructor({ a, b }: Options) {', true],
  ['get #x(): readonly string[] {', true],
  ['x(a: string): { b: number } {', true],
  ['): asserts holds is X {', true],
  ['): () => void {', true],
  ['} {', true],
  ['}: Options): Promise<void> {', true],
  ['class X extends Y(Z) {', false],
  ['interface X {', false],
  ['const x = {', false],
  ['const x = f(g(), {', false],
  ['return f(g) ? h : {', false],
  ['if (x()) {', false],
  ['} else if (x) {', false],
  ['for (const x of y()) {', false],
  ['switch (x) {', false],
]

for (const [head, isFunction] of HEADS) {
  rules(`${isFunction ? 'measures' : 'does not measure'} the body behind “${head}”`, () => {
    for (const indent of ['', '    ']) {
      const body = (lines: number) => {
        const text = `${indent}${head}\n${`${indent}  x\n`.repeat(lines - 2)}${indent}}\n`
        return sizeViolations(sourceOf('node/x.ts', text)).length
      }
      is(body(69), 0)
      is(body(70), isFunction ? 1 : 0)
    }
  })
}

rules('looks at names, at places and at mirrors', () => {
  const good = [
    'node/log/own-log.ts',
    'test/node/log/own-log.test.ts',
    'test/node/log/support/x.ts',
  ]
  const rest = ['test/run.ts', 'test/tidy.test.ts', 'test/support/data.ts', 'README.md']
  const all = [...good, ...rest, 'matcher/iso-19794-2.ts', 'docs/A_B.md']
  equal([...nameViolations(all), ...strayViolations(all), ...testPlaceViolations(all)], [])
  const named = ['node/ownLog.ts', 'node/own_log.ts', 'node/Log/x.ts', 'node/-x.ts']
  is(nameViolations(named).length, named.length)
  is(strayViolations(['utils/x.ts', 'index.ts', 'docs/x.mjs']).length, 3)
  const places = ['node/log/x.ts', 'test/node/log/nodes.ts', 'test/node/lag/x.test.ts']
  equal(
    testPlaceViolations(places).map(({ path }) => path),
    places.slice(1),
  )
})

const SUITES: readonly [path: string, text: string, count: number][] = [
  ['test/x.test.ts', "const a = suite('a')\na.run()", 0],
  ['test/x.test.ts', "const a = suite('a')\n// a.run()", 1],
  ['test/x.test.ts', "const a = suite('a')\nconst b = suite<X>('b')\na.run()", 1],
  ['test/x.test.ts', '', 1],
  ['test/support/x.ts', "suite('a')", 0],
]

rules('misses a suite that is not run', () => {
  for (const [path, text, count] of SUITES) is(runViolations(sourceOf(path, text)).length, count)
})

rules('is broken with path, line and reason', () => {
  const violations = wordViolations(sourceOf('node/x.ts', '\nx as any'))
  is(describe(violations), '1 violations\nnode/x.ts:2: `as any`')
  is(describe([]), '')
})

rules.run()

function holds(violations: readonly Violation[]): void {
  is(describe(violations), '')
}

function found(violations: readonly Violation[]): string[] {
  return violations.map(({ line }) => String(line))
}
