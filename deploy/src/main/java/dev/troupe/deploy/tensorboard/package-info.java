/**
 * TensorBoard's event files, written without TensorFlow: {@code TensorBoardListener -> EventWriter
 * -> (EventMessages, RecordFile)}.
 */
@NullMarked
package dev.troupe.deploy.tensorboard;

import org.jspecify.annotations.NullMarked;
