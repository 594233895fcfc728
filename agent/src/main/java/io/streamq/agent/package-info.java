/**
 * The client library of a live agent: {@link io.streamq.agent.ExperiencePublisher} sends what it experiences, {@link
 * io.streamq.agent.PolicyView} follows what was learned, {@link io.streamq.agent.ActionSelector} chooses by it, {@link
 * io.streamq.agent.NStepReturns} turns what it experiences into n-step returns.
 */
@NullMarked
package io.streamq.agent;

import org.jspecify.annotations.NullMarked;
