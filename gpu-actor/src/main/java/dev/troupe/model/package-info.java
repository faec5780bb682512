/** LLaMA: its layout over tensor-parallel ranks, its blocks, its forward and backward. */
@NullMarked
package dev.troupe.model;

import org.jspecify.annotations.NullMarked;
