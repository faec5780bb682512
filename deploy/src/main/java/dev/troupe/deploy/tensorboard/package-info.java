/**
 * TensorBoard's event files, written without TensorFlow: {@code TensorBoardListener -> EventWriter
 * -> (EventMessages, HparamsMessages, RecordFile)}.
 */
@NullMarked
package dev.troupe.deploy.tensorboard;

import org.jspecify.annotations.NullMarked;
