/**
 * {@code troupe gpu-check}: what only a GPU can prove, as sections that report findings.
 *
 * <pre>
 * GpuCheck -&gt; Section* -&gt; Report -&gt; Finding* -&gt; {ReportTable, ReportJson}
 * </pre>
 */
@NullMarked
package dev.troupe.deploy.gpucheck;

import org.jspecify.annotations.NullMarked;
