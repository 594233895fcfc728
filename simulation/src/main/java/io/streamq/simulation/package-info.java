/**
 * Toy worlds whose optimum is known exactly, and simulated agents that live in them with nothing but the agent library. The
 * worlds are those of Gymnasium 1.4.0, transition by transition, and random ones.
 */
@NullMarked
package io.streamq.simulation;

import org.jspecify.annotations.NullMarked;
