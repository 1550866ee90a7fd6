/* The native kernels as one Node-API function. Everything that comes in is checked here. */
#include <node_api.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel.h"

#define CHECK(call) \
  if ((call) != napi_ok) return fail(env, "an argument is not what it should be")

static napi_value fail(napi_env env, const char *message) {
  napi_throw_range_error(env, NULL, message);
  return NULL;
}

typedef struct {
  void *data;
  size_t length;
} View;

static napi_status view_of(napi_env env, napi_value value, napi_typedarray_type wanted, View *view) {
  napi_typedarray_type type;
  const napi_status status =
      napi_get_typedarray_info(env, value, &type, &view->length, &view->data, NULL, NULL);
  if (status != napi_ok) return status;
  return type == wanted ? napi_ok : napi_invalid_arg;
}

/* Which instructions this machine has, the best first: 2 for AVX-512, 1 for AVX2, 0 for none. */
static Scan *const SCANS[] = {
    scan_portable,
#if defined(__x86_64__)
    scan_avx2,
    scan_avx512,
#endif
};

static uint32_t best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    return 2;
  }
  if (__builtin_cpu_supports("avx2")) return 1;
#endif
  return 0;
}

/* scan(level, tables, probe, records, rows, scores) */
static napi_value scan(napi_env env, napi_callback_info info) {
  size_t count = 6;
  napi_value arguments[6];
  CHECK(napi_get_cb_info(env, info, &count, arguments, NULL, NULL));
  if (count != 6) return fail(env, "six arguments are needed");
  uint32_t level;
  View tables, probe, records, rows, scores;
  CHECK(napi_get_value_uint32(env, arguments[0], &level));
  CHECK(view_of(env, arguments[1], napi_int32_array, &tables));
  CHECK(view_of(env, arguments[2], napi_int32_array, &probe));
  CHECK(view_of(env, arguments[3], napi_uint8_array, &records));
  CHECK(view_of(env, arguments[4], napi_uint32_array, &rows));
  CHECK(view_of(env, arguments[5], napi_uint16_array, &scores));
  if (level > best_level()) return fail(env, "this machine has no such instructions");
  if (tables.length * 4 != sizeof(Tables) || probe.length * 4 != sizeof(Probe)) {
    return fail(env, "tables or probe have another length");
  }
  const Probe *prepared = probe.data;
  if (prepared->described < 0 || prepared->described > LANES) {
    return fail(env, "the probe has too many minutiae");
  }
  if (scores.length < rows.length) return fail(env, "there is no room for the scores");
  const uint32_t *chosen = rows.data;
  const size_t held = records.length / RECORD_BYTES;
  for (size_t at = 0; at < rows.length; at += 1) {
    if (chosen[at] >= held) return fail(env, "there is no such row");
  }
  SCANS[level](tables.data, prepared, records.data, chosen, rows.length, scores.data);
  return NULL;
}

/* preferLargePages(bytes): asks for them where the system has to be asked; not getting any is fine. */
static napi_value prefer_large_pages(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  View bytes;
  CHECK(napi_get_cb_info(env, info, &count, &argument, NULL, NULL));
  CHECK(view_of(env, argument, napi_uint8_array, &bytes));
#if defined(MADV_HUGEPAGE)
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t from = ((uintptr_t)bytes.data + page - 1) / page * page;
  const uintptr_t to = ((uintptr_t)bytes.data + bytes.length) / page * page;
  if (from < to) (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
#endif
  return NULL;
}

static napi_value level(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  CHECK(napi_create_uint32(env, best_level(), &result));
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  CHECK(napi_create_function(env, "scan", NAPI_AUTO_LENGTH, scan, NULL, &function));
  CHECK(napi_set_named_property(env, exports, "scan", function));
  CHECK(napi_create_function(env, "preferLargePages", NAPI_AUTO_LENGTH, prefer_large_pages, NULL,
                             &function));
  CHECK(napi_set_named_property(env, exports, "preferLargePages", function));
  CHECK(napi_create_function(env, "level", NAPI_AUTO_LENGTH, level, NULL, &function));
  CHECK(napi_set_named_property(env, exports, "level", function));
  return exports;
}
