import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { ENTRY_BYTES_MAX, PAGE_BYTES_MAX, PAGE_ENTRIES_MAX } from '../../../protocol/limits.ts'
import { pageRequests, pages, type Page } from '../../../protocol/message/page.ts'
import { pageRequests as anyRequests, pages as anyPages } from '../../support/arbitraries.ts'
import { codeOf, promiseCodec } from '../support/codec-promises.ts'

const promises = suite('a page')

promiseCodec(promises, { ...pageRequests, name: 'page request' }, anyRequests)
promiseCodec(promises, { ...pages, name: 'page' }, anyPages)

promises('of 1 MiB in 256 entries, with the longest proof, fits a frame', () => {
  const entry = new Uint8Array(PAGE_BYTES_MAX / PAGE_ENTRIES_MAX)
  const page = pageOf(PAGE_ENTRIES_MAX, entry, 63)
  equal(pages.decode(pages.encode(page)), page)
  is(
    codeOf(() => pages.decode(pages.encode(pageOf(PAGE_ENTRIES_MAX + 1, entry, 63)))),
    'malformed',
  )
  is(
    codeOf(() => pages.decode(pages.encode(pageOf(1, entry, 64)))),
    'malformed',
  )
})

promises('holds entries of up to 65,535 bytes', () => {
  const longest = pageOf(16, new Uint8Array(ENTRY_BYTES_MAX), 0)
  equal(pages.decode(pages.encode(longest)), longest)
  const longer = pages.encode(pageOf(1, new Uint8Array(ENTRY_BYTES_MAX + 1), 0))
  is(
    codeOf(() => pages.decode(longer)),
    'malformed',
  )
})

promises('request with the longest name and the highest numbers fits', () => {
  const most = Number.MAX_SAFE_INTEGER
  const request = { log: 'ж'.repeat(32), start: most, size: most }
  equal(pageRequests.decode(pageRequests.encode(request)), request)
})

promises.run()

function pageOf(entries: number, entry: Uint8Array, hashes: number): Page {
  return {
    entries: Array.from({ length: entries }, () => entry),
    proof: Array.from({ length: hashes }, () => new Uint8Array(32)),
  }
}
