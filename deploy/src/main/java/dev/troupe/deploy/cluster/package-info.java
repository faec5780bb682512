/**
 * What lies below the actors of a cluster: Pekko's configuration, who is believed, and the Aeron
 * media driver that the processes of a host share.
 *
 * <pre>
 * ClusterSpec -&gt; ClusterConfig -&gt; {ListenAddress, ClusterSecret, TlsFiles}   checked before start
 *                      |
 *                      v
 *   every serializer of Pekko -&gt; SealedSerializer -&gt; Seal (HMAC)             where there is a secret
 * </pre>
 */
@NullMarked
package dev.troupe.deploy.cluster;

import org.jspecify.annotations.NullMarked;
