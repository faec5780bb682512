/** Runs looked at afterwards, or beside each other, from the files in their folders. */
@NullMarked
package dev.troupe.deploy.runs;

import org.jspecify.annotations.NullMarked;
