// Tables that are part of the program, as ranges of bytes.
#ifndef MARTLET_CATALOGUE_H
#define MARTLET_CATALOGUE_H

extern const unsigned char martlet_models_start[], martlet_models_end[];
extern const unsigned char martlet_aliases_start[], martlet_aliases_end[];

struct martlet_table {
    const unsigned char *start;
    const unsigned char *end;
};

static inline struct martlet_table martlet_models(void) {
    return (struct martlet_table){martlet_models_start, martlet_models_end};
}

static inline struct martlet_table martlet_aliases(void) {
    return (struct martlet_table){martlet_aliases_start, martlet_aliases_end};
}

#endif
