// The bundled model catalogue, in read-only memory that all processes share.
// Touch this file when one of the tables changes: the build does not see through .incbin.

    .section .rodata
    .global martlet_models_start, martlet_models_end, martlet_aliases_start, martlet_aliases_end
    .balign 16
martlet_models_start:
    .incbin "models.json"
martlet_models_end:
    .balign 16
martlet_aliases_start:
    .incbin "aliases.json"
martlet_aliases_end:
    .section .note.GNU-stack, "", @progbits
