/* A PKCS#11 module for tests: everything is SoftHSM's, but where a file says so it lies, as tokens do that SoftHSM cannot
 * play. The file lies beside this library, named as it is with `.lies` behind, and holds words:
 *
 *   tries=N      the PIN locks after N wrong ones, and the flags say what is left, as a YubiKey's do
 *   silent       wrong PINs leave no trace in the flags
 *   pad=PIN      the token has a PIN pad, on which PIN is typed
 *   unplugged    no token is there, and its sessions are gone
 *   removed      C_Sign finds that the token has gone
 *   once         what `removed` says is true of one call only
 *   yanked       C_Sign has an error of the device, and then no token is there
 *   trouble      C_Sign has an error of the device
 *   untouched    C_Sign says what libykcs11 says of a YubiKey that nobody touches
 *   failed       C_Sign fails for a reason of its own
 *   garbage      the signature is as long as it should be, and wrong
 *   short        the signature is one byte
 *   wait         C_Sign waits until somebody writes to the pipe named as this library with `.pipe` behind
 *   stuck        so does C_OpenSession
 *   nothing      no mechanisms at all
 *   hashing      no mechanism that takes a digest
 *   copies       new keys can leave the token
 *   by-name      Edwards curves are known by name only
 *
 * Every PIN that arrives is counted in a file with `.pins` behind: one letter each, never the PIN.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long N;
typedef N (*call)();

/* The function list of PKCS#11 2.40: a version, and 68 functions in the order of the standard. */
struct list {
    unsigned char version[2];
    call entry[68];
};
struct attribute {
    N type;
    void *value;
    N length;
};
enum { GetSlotList = 4, GetTokenInfo = 6, GetMechanismList = 7, OpenSession = 12, GetSessionInfo = 15, Login = 18, GetAttributeValue = 24,
       SignInit = 42, Sign = 43, GenerateKeyPair = 59 };
enum { OK = 0, FUNCTION_FAILED = 6, DEVICE_REMOVED = 0x32, DEVICE_ERROR = 0x30, NOT_LOGGED_IN = 0x101, CURVE_NOT_SUPPORTED = 0x140, PIN_INCORRECT = 0xa0,
       PIN_LOCKED = 0xa4, SESSION_HANDLE_INVALID = 0xb3 };
enum { PAD = 0x100, COUNT_LOW = 0x10000, FINAL_TRY = 0x20000, LOCKED = 0x40000 };

static struct list ours, *real;
static long used;     /* wrong PINs since the last right one */
static int was_gone;  /* sessions do not outlive their token */
static int removals, yanked;

static const char *beside(const char *suffix) {
    static __thread char path[4096];
    Dl_info self;
    dladdr((void *)beside, &self);
    snprintf(path, sizeof path, "%s%s", self.dli_fname, suffix);
    return path;
}

/* Whether the file says `word`; what follows a `=` goes to `value`, which holds 64 bytes. */
static int lie(const char *word, char *value) {
    char text[64];
    int found = 0;
    FILE *file = fopen(beside(".lies"), "r");
    while (file && fscanf(file, "%63s", text) == 1) {
        char *equals = strchr(text, '=');
        if (equals) *equals = 0;
        if (strcmp(text, word)) continue;
        found = 1;
        if (value) strcpy(value, equals ? equals + 1 : "");
    }
    if (file) fclose(file);
    return found;
}

static long left(void) {
    char tries[64];
    return lie("tries", tries) ? atol(tries) - used : 1000;
}

static void wait(void) {
    FILE *pipe = fopen(beside(".pipe"), "r");
    fgetc(pipe);
    fclose(pipe);
}

static N get_slot_list(unsigned char present, N *slots, N *count) {
    if (lie("unplugged", NULL) || (yanked && lie("yanked", NULL))) {
        was_gone = 1;
        *count = 0;
        return OK;
    }
    return real->entry[GetSlotList](present, slots, count);
}

static N get_token_info(N slot, unsigned char *info) {
    if (lie("unplugged", NULL)) return DEVICE_REMOVED;
    N result = real->entry[GetTokenInfo](slot, info), flags;
    memcpy(&flags, info + 96, sizeof flags); /* after label, manufacturer, model and serial number */
    if (lie("silent", NULL)) flags &= ~(N)COUNT_LOW;
    if (lie("pad", NULL)) flags |= PAD;
    if (lie("tries", NULL)) {
        flags &= ~(N)COUNT_LOW;
        if (left() <= 0) flags |= LOCKED;
        else if (left() == 1) flags |= COUNT_LOW | FINAL_TRY;
        else if (used) flags |= COUNT_LOW;
    }
    memcpy(info + 96, &flags, sizeof flags);
    return result;
}

static N get_mechanism_list(N slot, N *mechanisms, N *count) {
    if (lie("nothing", NULL)) {
        *count = 0;
        return OK;
    }
    N result = real->entry[GetMechanismList](slot, mechanisms, count);
    for (N i = 0; mechanisms && result == OK && i < *count && lie("hashing", NULL); i++)
        if (mechanisms[i] == 0x0d || mechanisms[i] == 0x1041) mechanisms[i] = 0; /* RSA_PKCS_PSS, ECDSA */
    return result;
}

static N open_session(N slot, N flags, void *application, void *notify, N *session) {
    if (lie("unplugged", NULL)) return DEVICE_REMOVED;
    was_gone = 0;
    if (lie("stuck", NULL)) wait();
    return real->entry[OpenSession](slot, flags, application, notify, session);
}

static N get_session_info(N session, void *info) {
    return lie("unplugged", NULL) ? DEVICE_REMOVED : real->entry[GetSessionInfo](session, info);
}

static N login(N session, N user, unsigned char *pin, N length) {
    char pad[64];
    FILE *pins = fopen(beside(".pins"), "a");
    fputs(pin ? "p" : "-", pins);
    fclose(pins);
    if (left() <= 0) return PIN_LOCKED;
    if (!pin && lie("pad", pad)) {
        pin = (unsigned char *)pad;
        length = strlen(pad);
    }
    N result = real->entry[Login](session, user, pin, length);
    if (result == PIN_INCORRECT) used++;
    if (result == OK) used = 0;
    return result;
}

static N get_attribute_value(N session, N object, struct attribute *template, N count) {
    N result = real->entry[GetAttributeValue](session, object, template, count);
    for (N i = 0; i < count && lie("copies", NULL); i++)
        if (template[i].type == 0x162 && template[i].value) *(char *)template[i].value = 1; /* CKA_EXTRACTABLE */
    return result;
}

static N generate_key_pair(N session, void *mechanism, struct attribute *public, N publics, void *private, N privates,
                           N *public_key, N *private_key) {
    static unsigned char oid[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
    for (N i = 0; i < publics && lie("by-name", NULL); i++) {
        if (public[i].type != 0x180) continue; /* CKA_EC_PARAMS */
        if (public[i].length != 14 || memcmp(public[i].value, "\x13\x0c" "edwards25519", 14)) return CURVE_NOT_SUPPORTED;
        public[i].value = oid;
        public[i].length = sizeof oid;
    }
    return real->entry[GenerateKeyPair](session, mechanism, public, publics, private, privates, public_key, private_key);
}

static N sign_init(N session, void *mechanism, N key) {
    if (lie("unplugged", NULL)) return DEVICE_REMOVED;
    if (was_gone) { /* plugged in again: what was open before is not */
        was_gone = 0;
        return SESSION_HANDLE_INVALID;
    }
    return real->entry[SignInit](session, mechanism, key);
}

static N sign(N session, void *data, N length, unsigned char *signature, N *signature_length) {
    N result = real->entry[Sign](session, data, length, signature, signature_length);
    if (!signature || result != OK) return result;
    if (lie("wait", NULL)) wait();
    if (lie("failed", NULL)) return FUNCTION_FAILED;
    if (lie("trouble", NULL)) return DEVICE_ERROR;
    if (lie("untouched", NULL)) return NOT_LOGGED_IN;
    if (lie("yanked", NULL)) {
        yanked = 1;
        return DEVICE_ERROR;
    }
    if (lie("removed", NULL) && !(lie("once", NULL) && removals++)) return DEVICE_REMOVED;
    if (lie("garbage", NULL)) signature[7] ^= 1;
    if (lie("short", NULL)) *signature_length = 1;
    return OK;
}

N C_GetFunctionList(struct list **list) {
    void *softhsm = dlopen(SOFTHSM, RTLD_NOW | RTLD_LOCAL);
    call functions = softhsm ? (call)dlsym(softhsm, "C_GetFunctionList") : NULL;
    if (!functions || functions(&real)) return FUNCTION_FAILED;
    ours = *real;
    ours.entry[GetSlotList] = (call)get_slot_list;
    ours.entry[GetTokenInfo] = (call)get_token_info;
    ours.entry[GetMechanismList] = (call)get_mechanism_list;
    ours.entry[OpenSession] = (call)open_session;
    ours.entry[GetSessionInfo] = (call)get_session_info;
    ours.entry[Login] = (call)login;
    ours.entry[GetAttributeValue] = (call)get_attribute_value;
    ours.entry[GenerateKeyPair] = (call)generate_key_pair;
    ours.entry[SignInit] = (call)sign_init;
    ours.entry[Sign] = (call)sign;
    *list = &ours;
    return OK;
}
