/** What the verbs do: training in this process, generation, evaluation, benchmarks. */
@NullMarked
package dev.troupe.deploy.job;

import org.jspecify.annotations.NullMarked;
