/** The settings of a station that an operator writes: each field is checked when it is read. */
import { readFile } from 'node:fs/promises'
import { TamgaError } from '../../protocol/errors.ts'

/** JSON that people write, read field by field. */
export class Settings {
  readonly #path: string
  readonly #values: Readonly<Record<string, unknown>>

  private constructor(path: string, value: unknown) {
    this.#path = path
    if (typeof value !== 'object' || value === null) {
      throw new TamgaError('malformed', `${path}: it must be an object`)
    }
    this.#values = value as Readonly<Record<string, unknown>>
  }

  /** @param docs where it is said what stands in it */
  static async read(file: string, docs: string): Promise<Settings> {
    let content: string
    try {
      content = await readFile(file, 'utf8')
    } catch (cause) {
      throw new TamgaError('not-found', `there is no ${file}: ${docs}`, { cause })
    }
    try {
      return new Settings(file, JSON.parse(content))
    } catch (cause) {
      throw new TamgaError('malformed', `${file} is no JSON object`, { cause })
    }
  }

  textIf(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined || (typeof value === 'string' && value !== '')) return value
    throw this.refusal(name, 'it must be a text')
  }

  text(name: string): string {
    const value = this.textIf(name)
    if (value !== undefined) return value
    throw this.refusal(name, 'it is missing')
  }

  texts(name: string): string[] {
    const value = this.#values[name]
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
    throw this.refusal(name, 'it must be a list of texts')
  }

  oneOf<const W extends string>(name: string, words: readonly W[], usual?: W): W {
    const value = this.textIf(name) ?? usual
    const word = words.find((one) => one === value)
    if (word !== undefined) return word
    throw this.refusal(name, `it must be one of ${words.join(', ')}`)
  }

  oneOfIf<const W extends string>(name: string, words: readonly W[]): W | undefined {
    return this.textIf(name) === undefined ? undefined : this.oneOf(name, words)
  }

  url(name: string): URL {
    try {
      return new URL(this.text(name))
    } catch (cause) {
      throw this.refusal(name, 'it is no address', cause)
    }
  }

  objectIf(name: string): Settings | undefined {
    return this.#values[name] === undefined ? undefined : this.object(name)
  }

  object(name: string): Settings {
    return new Settings(`${this.#path}: ${name}`, this.#values[name])
  }

  refusal(name: string, why: string, cause?: unknown): TamgaError {
    return new TamgaError('malformed', `${this.#path}: ${name}: ${why}`, { cause })
  }
}
