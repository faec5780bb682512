/** What the ranks of a process compute on: its cores or its GPUs. */
@NullMarked
package dev.troupe.deploy.backend;

import org.jspecify.annotations.NullMarked;
