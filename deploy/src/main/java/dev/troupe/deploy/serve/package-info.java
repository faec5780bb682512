/**
 * Texts of a trained model over HTTP, in the form of OpenAI's API.
 *
 * <pre>
 * HTTP -&gt; CompletionRoutes -&gt; RequestReader -&gt; CompletionRequest
 *                          -&gt; TextEngine (queue, one thread, DecodingBatch)
 *                                 '-&gt; WholeAnswer | StreamedAnswer -&gt; HTTP
 * </pre>
 */
@NullMarked
package dev.troupe.deploy.serve;

import org.jspecify.annotations.NullMarked;
