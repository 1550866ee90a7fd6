/** Officers at a desk: they sign deeds, and hand them in over HTTP. */
import { is } from 'uvu/assert'
import { fromHex } from '../../../../crypto/bytes.ts'
import type { DeedReasons } from '../../../../protocol/signed-deed.ts'
import type { Deed } from '../../../../protocol/deed.ts'
import type { Purpose } from '../../../../protocol/purpose.ts'
import type { OfficerKey } from '../../../../protocol/statement.ts'
import { bodyOf, deedBodyOf, type TestMesh } from '../../../support/test-mesh.ts'
import { testPerson } from '../../../support/test-person.ts'
import type { Client, DoneBody, EnrolledBody, Reply } from './client.ts'

export class Desk {
  readonly #mesh: TestMesh
  readonly #client: Client

  constructor(mesh: TestMesh, client: Client) {
    this.#mesh = mesh
    this.#client = client
  }

  /** Hands a deed in; `extra` is what goes with it. */
  async ask<T = Record<string, unknown>>(
    path: string,
    deed: Deed,
    by: readonly OfficerKey[],
    purpose: Purpose,
    about: Partial<DeedReasons> & { readonly extra?: object } = {},
  ): Promise<Reply<DoneBody<T>>> {
    const { extra, ...reasons } = about
    const signed = this.#mesh.signedDeed(deed, by, { purpose, ...reasons })
    return this.#client.post<DoneBody<T>>(path, { ...deedBodyOf(signed), ...extra })
  }

  /** The same, which has to be done; says what it brought to light. */
  async done<T = Record<string, unknown>>(...asked: Parameters<Desk['ask']>): Promise<T> {
    const { status, text, body } = await this.ask<T>(...asked)
    is(status, 201, text)
    return body.result
  }

  /** The same person again under another label is a duplicate. */
  async enrol(name: string, label = 'first', handle?: Uint8Array): Promise<EnrolledBody> {
    const fingers = testPerson(name).capture(label)
    const request = this.#mesh.signedEnrolment({ fingers, ...(handle ? { handle } : {}) })
    const { body, text } = await this.#client.post<EnrolledBody>('/v1/enrol', bodyOf(request))
    is(typeof body.handle, 'string', text)
    return body
  }

  async enrolled(name: string): Promise<Uint8Array> {
    return fromHex((await this.enrol(name)).handle)
  }
}
