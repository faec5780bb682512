/** Columns of Parquet files, by way of Hardwood. */
@NullMarked
package dev.troupe.data.parquet;

import org.jspecify.annotations.NullMarked;
