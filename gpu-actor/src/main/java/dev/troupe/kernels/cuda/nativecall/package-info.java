/** What calls of NVIDIA's libraries through JavaCPP have in common. */
@NullMarked
package dev.troupe.kernels.cuda.nativecall;

import org.jspecify.annotations.NullMarked;
