// Attention's kernels once more, in which a query sees no key before the first of its document. The same
// tiles as in attention.cuh; first_keys (sequences, queries) follows the shape.
#pragma once
#include "attention.cuh"

#define IN_DOCUMENTS attention::DocumentShape{{queries, keys, capacity, heads, kv_heads, scale}, first_keys}

KERNEL(flash_forward_documents_bf16_32, 128)(ATTENTION_FORWARD(bf16), const int *first_keys) { attention::flash_forward<32, 2, 64>(ATTENTION_FORWARD_OF, IN_DOCUMENTS); }
KERNEL(flash_forward_documents_bf16_64, 128)(ATTENTION_FORWARD(bf16), const int *first_keys) { attention::flash_forward<64, 2, 64>(ATTENTION_FORWARD_OF, IN_DOCUMENTS); }
KERNEL(flash_forward_documents_bf16_80, 128)(ATTENTION_FORWARD(bf16), const int *first_keys) { attention::flash_forward<80, 2, 64>(ATTENTION_FORWARD_OF, IN_DOCUMENTS); }
KERNEL(flash_forward_documents_bf16_96, 128)(ATTENTION_FORWARD(bf16), const int *first_keys) { attention::flash_forward<96, 2, 64>(ATTENTION_FORWARD_OF, IN_DOCUMENTS); }
KERNEL(flash_forward_documents_bf16_128, 128)(ATTENTION_FORWARD(bf16), const int *first_keys) { attention::flash_forward<128, 2, 64>(ATTENTION_FORWARD_OF, IN_DOCUMENTS); }
KERNEL(flash_forward_documents_bf16_256, 128)(ATTENTION_FORWARD(bf16), const int *first_keys) { attention::flash_forward<256, 1, 32>(ATTENTION_FORWARD_OF, IN_DOCUMENTS); }
KERNEL(attention_forward_documents_bf16, 128)(ATTENTION_FORWARD(bf16), const int *first_keys, int hd) { attention::plain_forward<bf16>(ATTENTION_FORWARD_OF, IN_DOCUMENTS, hd); }
KERNEL(attention_forward_documents_f32, 128)(ATTENTION_FORWARD(float), const int *first_keys, int hd) { attention::plain_forward<float>(ATTENTION_FORWARD_OF, IN_DOCUMENTS, hd); }
KERNEL(flash_backward_queries_documents_bf16_32, 128)(ATTENTION_QUERIES(bf16), const int *first_keys) { attention::flash_backward_queries<32, 2, 32>(ATTENTION_QUERIES_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_queries_documents_bf16_64, 128)(ATTENTION_QUERIES(bf16), const int *first_keys) { attention::flash_backward_queries<64, 2, 32>(ATTENTION_QUERIES_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_queries_documents_bf16_80, 128)(ATTENTION_QUERIES(bf16), const int *first_keys) { attention::flash_backward_queries<80, 1, 32>(ATTENTION_QUERIES_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_queries_documents_bf16_96, 128)(ATTENTION_QUERIES(bf16), const int *first_keys) { attention::flash_backward_queries<96, 1, 32>(ATTENTION_QUERIES_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_queries_documents_bf16_128, 128)(ATTENTION_QUERIES(bf16), const int *first_keys) { attention::flash_backward_queries<128, 1, 32>(ATTENTION_QUERIES_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_queries_documents_bf16_256, 128)(ATTENTION_QUERIES(bf16), const int *first_keys) { attention::flash_backward_queries<256, 1, 32>(ATTENTION_QUERIES_OF, IN_DOCUMENTS); }
KERNEL(attention_backward_queries_documents_bf16, 128)(ATTENTION_QUERIES(bf16), const int *first_keys, int hd) { attention::plain_backward_queries<bf16>(ATTENTION_QUERIES_OF, IN_DOCUMENTS, hd); }
KERNEL(attention_backward_queries_documents_f32, 128)(ATTENTION_QUERIES(float), const int *first_keys, int hd) { attention::plain_backward_queries<float>(ATTENTION_QUERIES_OF, IN_DOCUMENTS, hd); }
KERNEL(flash_backward_keys_documents_bf16_32, 128)(ATTENTION_KEYS(bf16), const int *first_keys) { attention::flash_backward_keys<32, 2, 32>(ATTENTION_KEYS_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_keys_documents_bf16_64, 128)(ATTENTION_KEYS(bf16), const int *first_keys) { attention::flash_backward_keys<64, 2, 32>(ATTENTION_KEYS_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_keys_documents_bf16_80, 128)(ATTENTION_KEYS(bf16), const int *first_keys) { attention::flash_backward_keys<80, 1, 64>(ATTENTION_KEYS_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_keys_documents_bf16_96, 128)(ATTENTION_KEYS(bf16), const int *first_keys) { attention::flash_backward_keys<96, 1, 32>(ATTENTION_KEYS_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_keys_documents_bf16_128, 128)(ATTENTION_KEYS(bf16), const int *first_keys) { attention::flash_backward_keys<128, 1, 32>(ATTENTION_KEYS_OF, IN_DOCUMENTS); }
// Sums of both dk and dv do not fit in the registers of four warps: a pass for each.
KERNEL(flash_backward_keys_documents_bf16_256, 128)(ATTENTION_KEYS(bf16), const int *first_keys) { attention::flash_backward_keys<256, 1, 32, true, false>(ATTENTION_KEYS_OF, IN_DOCUMENTS); }
KERNEL(flash_backward_values_documents_bf16_256, 128)(ATTENTION_KEYS(bf16), const int *first_keys) { attention::flash_backward_keys<256, 1, 32, false, true>(ATTENTION_KEYS_OF, IN_DOCUMENTS); }
KERNEL(attention_backward_keys_documents_bf16, 128)(ATTENTION_KEYS(bf16), const int *first_keys, int hd) { attention::plain_backward_keys<bf16>(ATTENTION_KEYS_OF, IN_DOCUMENTS, hd); }
KERNEL(attention_backward_keys_documents_f32, 128)(ATTENTION_KEYS(float), const int *first_keys, int hd) { attention::plain_backward_keys<float>(ATTENTION_KEYS_OF, IN_DOCUMENTS, hd); }
