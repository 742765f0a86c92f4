// What a thread's stack takes.
#pragma once

// Gives back the pages below the caller's frame, which deeper calls have left behind; returns whether the system could do it.
int martlet_stack_give_back(void);
