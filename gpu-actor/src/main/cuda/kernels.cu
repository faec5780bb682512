// All kernels, one module. Compiled without contraction of products and sums (-fmad=false): fmaf is
// written where it is meant, so that a result does not depend on which loop of a kernel gives it.
#include "activation.cuh"
#include "attention.cuh"
#include "attention_documents.cuh"
#include "element.cuh"
#include "embedding.cuh"
#include "loss.cuh"
#include "norm.cuh"
#include "norm_backward.cuh"
#include "optimizer.cuh"
#include "sum.cuh"
