import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { AnchorFolder } from '../../../node/store/anchor-folder.ts'
import type { AnchorValue } from '../../../node/store/anchor.ts'

const promises = suite('a folder of anchors')

let parent: string
let folder: string
let anchors: AnchorFolder

promises.before.each(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tamga-anchors-'))
  folder = join(parent, 'deep', 'anchors')
  anchors = new AnchorFolder(folder)
})

promises.after.each(async () => {
  await rm(parent, { recursive: true })
})

promises('keeps each anchor for itself', async () => {
  const names = ['almaty.log', 'almaty', '7-b', 'a'.repeat(200)]
  for (const name of names) await (await anchors.create(name, content(name))).close()
  for (const name of names) {
    const anchor = await anchors.open(name)
    equal(new TextDecoder().decode(anchor.current.value), name)
    await anchor.close()
  }
})

promises('is made with its first anchor, for the node alone, and not before', async () => {
  is(await codeOf(anchors.open('log')), 'not-found')
  is(await anchors.has('log'), false)
  equal(await readdir(parent), [])
  await (await anchors.create('log', content('a'))).close()
  is((await stat(folder)).mode & 0o777, 0o700)
  is((await stat(join(folder, 'log.anchor'))).mode & 0o777, 0o600)
  equal(await readdir(folder), ['log.anchor'])
})

promises('gives an anchor that is open to whoever makes it, and to nobody else', async () => {
  const made = await anchors.create('log', content('a'))
  is(await codeOf(anchors.open('log')), 'storage')
  await made.swap(content('b'))
  await made.close()
  const opened = await new AnchorFolder(folder).open('log')
  equal(new TextDecoder().decode(opened.current.value), 'b')
  await opened.close()
})

promises('never makes an anchor where there is one, open, closed or damaged', async () => {
  const made = await anchors.create('log', content('a'))
  is(await codeOf(anchors.create('log', content('b'))), 'conflict')
  await made.close()
  const whole = await readFile(join(folder, 'log.anchor'))
  is(await codeOf(anchors.create('log', content('b'))), 'conflict')
  is(Buffer.compare(whole, await readFile(join(folder, 'log.anchor'))), 0)
  await writeFile(join(folder, 'log.anchor'), '')
  is(await anchors.has('log'), true)
  is(await codeOf(anchors.open('log')), 'storage')
  is(await codeOf(anchors.create('log', content('b'))), 'conflict')
  equal(await readdir(folder), ['log.anchor'])
})

promises('makes one of many that are made at once', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => `made ${index}`)
  const made = await Promise.allSettled(texts.map((text) => anchors.create('log', content(text))))
  const winners = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  is(winners.length, 1)
  for (const one of made) if (one.status === 'rejected') is(one.reason.code, 'conflict')
  const text = texts[made.findIndex(({ status }) => status === 'fulfilled')]
  await winners[0]?.close()
  const anchor = await anchors.open('log')
  is(new TextDecoder().decode(anchor.current.value), text)
  await anchor.close()
  equal(await readdir(folder), ['log.anchor'])
})

promises('takes only names that are one file in it, on any system', async () => {
  for (const name of [
    '',
    '.',
    '..',
    '../log',
    'a/b',
    '.log',
    'Log',
    'лог',
    'a b',
    'a'.repeat(201),
  ]) {
    is(await codeOf(anchors.open(name)), 'internal')
    is(await codeOf(anchors.create(name, content('a'))), 'internal')
    is(await codeOf(anchors.has(name)), 'internal')
  }
  equal(await readdir(parent), [])
})

promises('says so when the disk lets nothing be made', async () => {
  await mkdir(join(parent, 'deep'))
  await writeFile(folder, '')
  is(await codeOf(anchors.create('log', content('a'))), 'storage')
  is(await codeOf(anchors.open('log')), 'storage')
  is(await codeOf(anchors.has('log')), 'storage')
})

promises.run()

function content(text: string): AnchorValue {
  return { value: utf8(text), staged: new Uint8Array(3) }
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )
}
