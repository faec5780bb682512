/**
 * A run seen from outside: its status, kept as it reports; an HTTP server that shows it and takes
 * orders; and the client that the verbs use.
 *
 * <pre>
 * RunListener -> StatusBoard -> RunStatus -> ApiRoutes (ApiServer) ~HTTP~ ApiClient -> verbs
 *                                               '-> RunControl (stop, drain)
 * </pre>
 */
@NullMarked
package dev.troupe.deploy.api;

import org.jspecify.annotations.NullMarked;
