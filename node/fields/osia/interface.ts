/**
 * OSIA's ABIS interface as its own file has it: every request is held against it, and every answer,
 * of ours too. The file is read as it was published; nothing of it is repeated here.
 */
import { Ajv, type ValidateFunction } from 'ajv'
import addFormatsModule, { type FormatsPlugin } from 'ajv-formats'
import { parse } from 'yaml'

/** Published as CommonJS: what it exports lies under `default`. */
const addFormats = addFormatsModule as unknown as FormatsPlugin

const METHODS = ['get', 'post', 'put', 'delete'] as const
const JSON_TYPE = 'application/json'
const ERROR_TYPE = 'application/error+json'

export interface Operation {
  readonly id: string
  readonly method: (typeof METHODS)[number]
  /** As the file has it: `/v1/persons/{personId}`. */
  readonly path: string
  /** What a token has to allow. */
  readonly scopes: readonly string[]
  readonly statuses: ReadonlySet<number>
  /** What is wrong with a query, made numbers where numbers are due; undefined if nothing is. */
  readonly queryFault: (query: Record<string, unknown>) => string | undefined
  readonly bodyFault: (body: unknown) => string | undefined
  /** `undefined` is an answer without a body. */
  readonly answerFault: (status: number, body: unknown) => string | undefined
  readonly callbackFault: (isError: boolean, body: unknown) => string | undefined
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
}

interface Described {
  readonly operationId: string
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content>>
  readonly callbacks?: Readonly<Record<string, Readonly<Record<string, { post: Described }>>>>
}

interface Content {
  readonly content?: Readonly<Record<string, unknown>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

interface Schema {
  required?: string[]
  readonly properties?: Readonly<Record<string, { readonly readOnly?: boolean }>>
}

type Compile = (path: readonly string[]) => ValidateFunction

/** @param text of the file, in YAML */
export function readInterface(text: string): readonly Operation[] {
  const answered = parse(text) as Document
  const asked = asRequested(parse(text) as Document)
  const compilers = {
    answer: compiler(answered, false),
    request: compiler(asked, false),
    query: compiler(asked, true),
  }
  return Object.entries(answered.paths).flatMap(([path, operations]) => {
    return METHODS.flatMap((method) => {
      const described = operations[method]
      return described ? [operationOf({ path, method, described }, compilers)] : []
    })
  })
}

function operationOf(
  { path, method, described }: { path: string; method: Operation['method']; described: Described },
  compile: Readonly<Record<'answer' | 'request' | 'query', Compile>>,
): Operation {
  const at = ['paths', path, method]
  const { parameters = [], requestBody, responses, security = [] } = described
  const query = parameters.flatMap(({ name, required, ...about }, place) => {
    const schema = compile.query([...at, 'parameters', String(place), 'schema'])
    return about.in === 'query' ? [{ name, isRequired: required === true, schema }] : []
  })
  const body = requestBody && compile.request([...at, 'requestBody', ...schemaPath(JSON_TYPE)])
  const answers = new Map(
    Object.entries(responses).map(([status, { content }]) => {
      const schema = content?.[JSON_TYPE] && [...at, 'responses', status, ...schemaPath(JSON_TYPE)]
      return [Number(status), schema ? compile.answer(schema as string[]) : undefined]
    }),
  )
  const callback = callbackOf(at, described, compile.answer)
  return {
    id: described.operationId,
    method,
    path,
    scopes: security.flatMap((scheme) => Object.values(scheme).flat()),
    statuses: new Set(answers.keys()),
    queryFault: (values) => {
      for (const { name, isRequired, schema } of query) {
        if (values[name] === undefined) {
          if (isRequired) return `${name} is missing`
          continue
        }
        // A number comes as text: what is checked is what it is made to.
        const holder = { value: values[name] }
        if (!schema(holder)) return faultOf(name, schema)
        values[name] = holder.value
      }
      return undefined
    },
    bodyFault: (value) => {
      if (!body) return value === undefined || value === null ? undefined : 'it has no body'
      return body(value) ? undefined : faultOf('body', body)
    },
    answerFault: (status, value) => {
      if (!answers.has(status)) return `it has no answer ${status}`
      const schema = answers.get(status)
      if (!schema) return value === undefined ? undefined : `its answer ${status} has no body`
      return schema(value) ? undefined : faultOf('answer', schema)
    },
    callbackFault: (isError, value) => {
      const schema = callback?.[isError ? 'error' : 'answer']
      if (!schema) return 'it has no callback'
      return schema(value) ? undefined : faultOf('callback', schema)
    },
  }
}

function callbackOf(at: readonly string[], { callbacks = {} }: Described, compile: Compile) {
  const [name] = Object.keys(callbacks)
  if (name === undefined) return undefined
  const [address = ''] = Object.keys(callbacks[name]!)
  const body = [...at, 'callbacks', name, address, 'post', 'requestBody']
  return {
    answer: compile([...body, ...schemaPath(JSON_TYPE)]),
    error: compile([...body, ...schemaPath(ERROR_TYPE)]),
  }
}

function schemaPath(type: string): string[] {
  return ['content', type, 'schema']
}

/** Schemas by where they stand; `isText`: of `value` of an object, which comes as text. */
function compiler(document: Document, isText: boolean): Compile {
  const ajv = new Ajv({ strict: false, coerceTypes: isText, validateSchema: false })
  addFormats(ajv)
  ajv.addSchema(document, 'osia')
  return (path) => {
    const pointer = path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
    const schema = { $ref: `osia#/${pointer.map(encodeURIComponent).join('/')}` }
    return ajv.compile(isText ? { type: 'object', properties: { value: schema } } : schema)
  }
}

/** What is only for reading need not be in a request (OpenAPI 3.0.0, Schema Object, `readOnly`). */
function asRequested(document: Document): Document {
  for (const schema of Object.values(document.components.schemas)) {
    const { properties = {}, required } = schema
    if (required) schema.required = required.filter((name) => !properties[name]?.readOnly)
  }
  return document
}

function faultOf(what: string, { errors }: ValidateFunction): string {
  const [first] = errors ?? []
  return `${what}${first?.instancePath ?? ''}: ${first?.message ?? 'not as the interface has it'}`
}
