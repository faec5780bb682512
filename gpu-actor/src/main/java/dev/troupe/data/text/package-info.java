/** Text and JSONL files as a corpus. */
@NullMarked
package dev.troupe.data.text;

import org.jspecify.annotations.NullMarked;
