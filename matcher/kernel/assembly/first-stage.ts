/**
 * The first stage in WebAssembly SIMD, written in AssemblyScript: it is built by its own compiler,
 * and is not part of the TypeScript project. The definition is score/pairs.ts; the layouts are
 * those of packed.ts and kernel.ts.
 *
 * The probe's 32 minutiae are the bytes of two registers, one pair for each byte of a descriptor;
 * pairs that turn the finger alike are few and are looked at one by one.
 */
const LANES: usize = 32
const DESCRIPTOR_BYTES: usize = 20
const MINUTIAE: usize = 48
const DESCRIPTORS_AT: usize = 4
const NORMS_AT: usize = DESCRIPTORS_AT + LANES * DESCRIPTOR_BYTES
const X_AT: usize = NORMS_AT + LANES
const Y_AT: usize = X_AT + MINUTIAE * 2
const DIRECTIONS_AT: usize = Y_AT + MINUTIAE * 2
const RECORD_BYTES: usize = DIRECTIONS_AT + MINUTIAE

const COSINE_SHIFT: i32 = 11
const TURN_TOLERANCE: i8 = 12
const WAY_TANGENT: i32 = 3

/** Where the probe's words are, and in them what. */
const PROBE: usize = memory.data(17_344, 64)
const PROBE_DESCRIPTORS: usize = PROBE + 64
const PROBE_NORMS: usize = PROBE_DESCRIPTORS + LANES * DESCRIPTOR_BYTES
const PROBE_DIRECTIONS: usize = PROBE_NORMS + LANES * 4
const NEAREST: usize = PROBE_DIRECTIONS + LANES * 4
const SPAN: usize = NEAREST + LANES * LANES * 4
const WAYS: usize = SPAN + LANES * LANES * 4

/** Where our tables are. */
const TABLES: usize = memory.data(3_264, 64)
const TURNS: usize = TABLES + 256 * 4
const SHARES: usize = TABLES + 768 * 4

/** Records, and the scores that they get. */
export const RECORDS_MAX: u32 = 512
const RECORDS: usize = memory.data(468_992, 64)
const SCORES: usize = memory.data(1_024, 64)

/** The probe's descriptors byte by byte, 32 minutiae each. */
const BYTES: usize = memory.data(640, 64)

/** What is found of one record, for each of the probe's minutiae. */
const LIKENESS: usize = memory.data(64, 64)
const PARTNER: usize = memory.data(32, 64)
const TURN: usize = memory.data(32, 64)
const SIMILARITY: usize = memory.data(128, 64)
const PLACE_X: usize = memory.data(128, 64)
const PLACE_Y: usize = memory.data(128, 64)
const SUPPORT: usize = memory.data(128, 64)

export function probeAt(): usize {
  return PROBE
}

export function tablesAt(): usize {
  return TABLES
}

export function recordsAt(): usize {
  return RECORDS
}

export function scoresAt(): usize {
  return SCORES
}

/** To be called when another probe has been put there. */
export function prepare(): void {
  for (let byte: usize = 0; byte < DESCRIPTOR_BYTES; byte += 1) {
    for (let i: usize = 0; i < LANES; i += 1) {
      const word = PROBE_DESCRIPTORS + ((byte >> 2) * LANES + i) * 4
      store<u8>(BYTES + byte * LANES + i, load<u8>(word + (byte & 3)))
    }
  }
}

/** Scores the first `count` records that have been put there. */
export function scan(count: u32): void {
  for (let at: u32 = 0; at < count; at += 1) {
    store<u16>(SCORES + at * 2, score(RECORDS + <usize>at * RECORD_BYTES))
  }
}

function score(record: usize): u16 {
  const described = load<i32>(PROBE)
  const lanes = min<i32>(load<u8>(record + 1), <i32>LANES)
  findPartners(record, lanes)
  const some = comparePartners(record)
  addSupport(some)
  let squares: u64 = 0
  for (let k: usize = 0; k < LANES; k += 1) {
    const value = <u64>((load<i32>(SUPPORT + k * 4) * load<i32>(SIMILARITY + k * 4)) >> 8)
    squares += value * value
  }
  const share = <u64>load<i32>(SHARES + <usize>min<i32>(described, lanes) * 4)
  return <u16>Math.sqrt(<f64>((squares * share) >> 16))
}

function findPartners(record: usize, lanes: i32): void {
  const zero = i64x2.splat(0)
  let most0 = zero
  let most1 = zero
  let most2 = zero
  let most3 = zero
  let best0 = zero
  let best1 = zero
  let best2 = zero
  let best3 = zero
  for (let j: i32 = 0; j < lanes; j += 1) {
    const words = record + DESCRIPTORS_AT + <usize>j * DESCRIPTOR_BYTES
    let low = zero
    let high = zero
    for (let byte: usize = 0; byte < DESCRIPTOR_BYTES; byte += 1) {
      const other = v128.load_splat<u8>(words + byte)
      const at = BYTES + byte * LANES
      low = i8x16.add(low, i8x16.popcnt(v128.and(load<v128>(at), other)))
      high = i8x16.add(high, i8x16.popcnt(v128.and(load<v128>(at + 16), other)))
    }
    const norm = i8x16.splat(load<u8>(record + NORMS_AT + <usize>j))
    const index = i16x8.splat(<i16>j)
    const product0 = i16x8.extmul_low_i8x16_u(low, norm)
    const product1 = i16x8.extmul_high_i8x16_u(low, norm)
    const product2 = i16x8.extmul_low_i8x16_u(high, norm)
    const product3 = i16x8.extmul_high_i8x16_u(high, norm)
    const greatest0 = v128.max<u16>(most0, product0)
    const greatest1 = v128.max<u16>(most1, product1)
    const greatest2 = v128.max<u16>(most2, product2)
    const greatest3 = v128.max<u16>(most3, product3)
    best0 = v128.bitselect(best0, index, v128.eq<u16>(greatest0, most0))
    best1 = v128.bitselect(best1, index, v128.eq<u16>(greatest1, most1))
    best2 = v128.bitselect(best2, index, v128.eq<u16>(greatest2, most2))
    best3 = v128.bitselect(best3, index, v128.eq<u16>(greatest3, most3))
    most0 = greatest0
    most1 = greatest1
    most2 = greatest2
    most3 = greatest3
  }
  store<v128>(LIKENESS, most0)
  store<v128>(LIKENESS + 16, most1)
  store<v128>(LIKENESS + 32, most2)
  store<v128>(LIKENESS + 48, most3)
  store<v128>(PARTNER, i8x16.narrow_i16x8_u(best0, best1))
  store<v128>(PARTNER + 16, i8x16.narrow_i16x8_u(best2, best3))
}

/** Which of the probe's minutiae have a partner, and how those are turned, and where. */
function comparePartners(record: usize): u32 {
  let some: u32 = 0
  for (let i: usize = 0; i < LANES; i += 1) {
    const likeness = <i32>load<u16>(LIKENESS + i * 2)
    const partner = <usize>load<u8>(PARTNER + i)
    const cosine = min<i32>((likeness * load<i32>(PROBE_NORMS + i * 4)) >> COSINE_SHIFT, 255)
    const isSome = likeness > 0
    const similarity = load<i32>(TABLES + <usize>cosine * 4)
    store<i32>(SIMILARITY + i * 4, isSome ? similarity : 0)
    const direction = <i32>load<u8>(record + DIRECTIONS_AT + partner)
    store<u8>(TURN + i, <u8>(direction - load<i32>(PROBE_DIRECTIONS + i * 4)))
    store<i32>(PLACE_X + i * 4, load<i16>(record + X_AT + partner * 2))
    store<i32>(PLACE_Y + i * 4, load<i16>(record + Y_AT + partner * 2))
    store<i32>(SUPPORT + i * 4, 0)
    some |= (<u32>isSome) << (<u32>i)
  }
  return some
}

function addSupport(some: u32): void {
  const turns0 = load<v128>(TURN)
  const turns1 = load<v128>(TURN + 16)
  const partners0 = load<v128>(PARTNER)
  const partners1 = load<v128>(PARTNER + 16)
  for (let rest = some; rest != 0; rest &= rest - 1) {
    const i = <usize>ctz(rest)
    const turn = i8x16.splat(load<i8>(TURN + i))
    const partner = i8x16.splat(load<i8>(PARTNER + i))
    const near0 = alike(turns0, turn, partners0, partner)
    const near1 = alike(turns1, turn, partners1, partner)
    const similarity = load<i32>(SIMILARITY + i * 4)
    for (let near = (near0 | (near1 << 16)) & some; near != 0; near &= near - 1) {
      const k = <usize>ctz(near)
      if (!agrees(i, k)) continue
      store<i32>(SUPPORT + k * 4, load<i32>(SUPPORT + k * 4) + similarity)
    }
  }
}

function alike(turns: v128, turn: v128, partners: v128, partner: v128): u32 {
  const away = v128.abs<i8>(v128.sub<i8>(turns, turn))
  const isNear = v128.le<u8>(away, i8x16.splat(TURN_TOLERANCE))
  return <u32>i8x16.bitmask(v128.andnot(isNear, i8x16.eq(partners, partner)))
}

function agrees(i: usize, k: usize): bool {
  const at = (i * LANES + k) * 4
  const dx = load<i32>(PLACE_X + k * 4) - load<i32>(PLACE_X + i * 4)
  const dy = load<i32>(PLACE_Y + k * 4) - load<i32>(PLACE_Y + i * 4)
  const beyond = <u32>(dx * dx + dy * dy - load<i32>(NEAREST + at))
  if (beyond > load<u32>(SPAN + at)) return false
  const turn = TURNS + <usize>load<u8>(TURN + i) * 4
  const cosine = <i32>load<i16>(turn)
  const sine = <i32>load<i16>(turn + 2)
  const backX = (cosine * dx + sine * dy) >> 14
  const backY = (cosine * dy - sine * dx) >> 14
  const ax = <i32>load<i16>(WAYS + at)
  const ay = <i32>load<i16>(WAYS + at + 2)
  const along = ax * backX + ay * backY
  const across = ax * backY - ay * backX
  return abs<i32>(across) * 16 <= along * WAY_TANGENT
}
