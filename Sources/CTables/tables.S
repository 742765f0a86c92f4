// Nothing is loaded or relocated: all processes share the pages of the program file. The section is one of its own,
// since Swift's objects have writable parts in .rodata, whereupon the linker makes all of .rodata writable.
// The build does not see that an included file changed: touch this file when a table changes.

.macro TABLE name, file
    .globl \name
    .globl \name\()_end
    .hidden \name
    .hidden \name\()_end
    .balign 64
\name:
    .incbin "\file"
\name\()_end:
    .byte 0
.endm

    .section martlet_tables, "a", %progbits
    TABLE martlet_table_cl100k_base, "cl100k_base.bpe"
    TABLE martlet_table_o200k_base, "o200k_base.bpe"
    TABLE martlet_table_unicode, "unicode.classes"
    TABLE martlet_table_models, "models.json"
    TABLE martlet_table_aliases, "aliases.json"
    TABLE martlet_table_prices, "prices.json"

    .section .note.GNU-stack, "", %progbits
