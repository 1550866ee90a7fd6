import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { runFiles } from './support/runner/run-files.ts'
import type { Counts } from './support/runner/test-process.ts'

/** Far more than any of these files needs. */
const FILE_MS_MAX = 60_000

const UVU = import.meta.resolve('uvu')
const PASSES = `one('passes', () => console.log('seen ' + process.pid)); one.run()`

/** Files that do not come to their end, and what is said of each. */
const BAD: readonly (readonly [name: string, code: string, counts: Counts, said: RegExp])[] = [
  [
    'a test that fails',
    `one('passes', () => {}); one('fails', () => { throw new Error('no such luck') }); one.run()`,
    { passed: 1, failed: 1, skipped: 0 },
    /FAIL .*"fails"[\s\S]*no such luck/,
  ],
  [
    'a suite that is never run',
    `one('passes', () => {})`,
    { passed: 0, failed: 1, skipped: 0 },
    /never called run\(\)/,
  ],
  [
    'a file that cannot be loaded',
    `import './nowhere.js'`,
    { passed: 0, failed: 1, skipped: 0 },
    /could not be loaded: .*nowhere/,
  ],
  [
    'a process that is ended with success',
    `one('ends', () => process.exit(0)); one.run()`,
    { passed: 0, failed: 1, skipped: 0 },
    /bad\.test\.js ended its process: exit code 0/,
  ],
  [
    'a process that crashes after a suite has passed',
    `one('passes', () => {}); one.run()
    const two = suite('two'); two('crashes', () => process.abort()); two.run()`,
    { passed: 1, failed: 1, skipped: 0 },
    /bad\.test\.js ended its process: SIGABRT/,
  ],
  [
    'a rejection that is left behind',
    `one('passes', () => { void Promise.reject(new Error('too late')) }); one.run()`,
    { passed: 1, failed: 1, skipped: 0 },
    /too late[\s\S]*bad\.test\.js ended its process: exit code 1/,
  ],
]

const promises = suite('the runner of tests')
let folder = ''

promises.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'tamga-runner-'))
})

promises.after.each(() => {
  rmSync(folder, { recursive: true, force: true })
})

for (const [name, code, counts, said] of BAD) {
  promises(`counts and names ${name}, and runs the files after it`, async () => {
    const files = [file('bad', code), file('good', PASSES), file('better', PASSES)]
    const { total, outputs } = await run(files, 1)
    equal(total, { ...counts, passed: counts.passed + 2 })
    match(outputs.get(files[0]!)!, said)
    match(outputs.get(files[2]!)!, /seen/)
  })
}

promises('ends a file that takes too long, whether it waits or works', async () => {
  const files = [
    file('waits', `one('waits', () => new Promise(() => {})); one.run()`),
    file('works', `one('works', () => { for (;;); }); one.run()`),
  ]
  const { total, outputs } = await run(files, 2, 2_000)
  equal(total, { passed: 0, failed: 2, skipped: 0 })
  for (const one of files) match(outputs.get(one)!, /took longer than 2000 ms/)
})

promises('counts what is skipped', async () => {
  const { total } = await run([file('skips', `one.skip('later', () => {}); ${PASSES}`)], 2)
  equal(total, { passed: 1, failed: 0, skipped: 1 })
})

promises('keeps the output of files that run side by side apart', async () => {
  const code = `import { setTimeout } from 'node:timers/promises'
    for (let line = 0; line < 5; line += 1) {
      one('writes', async () => { await setTimeout(10); console.log(import.meta.url) })
    }
    one.run()`
  const files = ['a', 'b', 'c', 'd'].map((name) => file(name, code))
  const { outputs } = await run(files, 2)
  for (const one of files) {
    const written = [...outputs.get(one)!.matchAll(/\w+\.test\.js/g)].map(String)
    equal(
      written,
      Array.from({ length: 5 }, () => one.slice(-'a.test.js'.length)),
    )
  }
})

promises('ends with one plain line, and fails where no test was run', () => {
  const chosen = spawnRunner('^crypto/hash')
  is(chosen.status, 0)
  match(chosen.stdout, /^crypto\/hash\.test\.js\n/)
  match(chosen.stdout, /\n\d+ passed, 0 failed\n$/)
  const none = spawnRunner('no-such-file')
  is(none.status, 1)
  match(none.stdout, /\n0 passed, 1 failed\n$/)
})

promises.run()

function file(name: string, code: string): string {
  const path = join(folder, `${name}.test.js`)
  const lines = [`import { suite } from ${JSON.stringify(UVU)}`, `const one = suite('one')`, code]
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(path, lines.join('\n'))
  return path
}

async function run(
  files: readonly string[],
  processes: number,
  fileMsMax = FILE_MS_MAX,
): Promise<{ total: Counts; outputs: ReadonlyMap<string, string> }> {
  const outputs = new Map<string, string>()
  const onFile = (one: string, output: string): void => void outputs.set(one, output)
  return { total: await runFiles(files, { processes, fileMsMax, onFile }), outputs }
}

function spawnRunner(chosen: string) {
  const entry = fileURLToPath(new URL('./run.js', import.meta.url))
  return spawnSync(process.execPath, [entry, chosen], { encoding: 'utf8' })
}
