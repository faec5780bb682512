/**
 * How well a model predicts: which tokens it is asked for and with what before them, in passes of
 * one size, on several replicas, and what the answers come to.
 *
 * <pre>
 * token stream -&gt; {StreamPassages, DocumentPassages} \
 *                                                     -&gt; Passage -&gt; Scoring -&gt; nats -&gt; {TextLoss, TaskScore}
 * task file -&gt; ChoiceItem -&gt; ChoicePrompts          /
 * </pre>
 */
@NullMarked
package dev.troupe.eval;

import org.jspecify.annotations.NullMarked;
