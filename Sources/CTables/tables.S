// The tables lie in .rodata: nothing is loaded or relocated, and all processes share the pages of the program file.
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

    .section .rodata
    TABLE martlet_table_cl100k_base, "cl100k_base.bpe"
    TABLE martlet_table_o200k_base, "o200k_base.bpe"
    TABLE martlet_table_unicode, "unicode.classes"
    TABLE martlet_table_models, "models.json"
    TABLE martlet_table_aliases, "aliases.json"

    .section .note.GNU-stack, "", %progbits
