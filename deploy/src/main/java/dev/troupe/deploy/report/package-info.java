/** What a run tells people and tools: console, metrics, events. */
@NullMarked
package dev.troupe.deploy.report;

import org.jspecify.annotations.NullMarked;
