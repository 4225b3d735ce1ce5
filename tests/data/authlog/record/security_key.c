/* A security key in software, for recordings: the middleware interface that OpenSSH loads with SecurityKeyProvider
 * (sk-api.h, version 10). The key handle is the private key itself. What the key "saw" are the flags that it was asked
 * for, so that a key made with no-touch-required signs as one that nobody touched.
 *
 *   cc -shared -fPIC -o security_key.so security_key.c -lcrypto
 *
 * SECURITY_KEY_COUNT names the file with the number of signatures. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

enum { kEcdsa = 0, kEd25519 = 1, kGeneral = -1, kUnsupported = -2, kSecret = 32 };

struct option;

struct enrolled {
  uint8_t flags;
  uint8_t *public_key;
  size_t public_key_len;
  uint8_t *key_handle;
  size_t key_handle_len;
  uint8_t *signature;
  size_t signature_len;
  uint8_t *certificate;
  size_t certificate_len;
  uint8_t *authdata;
  size_t authdata_len;
};

struct signed_ {
  uint8_t flags;
  uint32_t counter;
  uint8_t *r;
  size_t r_len;
  uint8_t *s;
  size_t s_len;
};

uint32_t sk_api_version(void) { return 0x000a0000; }

static EC_KEY *curve_key(const uint8_t *secret) {
  EC_KEY *key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
  BIGNUM *number = BN_bin2bn(secret, kSecret, NULL);
  EC_POINT *point = EC_POINT_new(EC_KEY_get0_group(key));
  EC_POINT_mul(EC_KEY_get0_group(key), point, number, NULL, NULL, NULL);
  EC_KEY_set_private_key(key, number);
  EC_KEY_set_public_key(key, point);
  EC_POINT_free(point);
  BN_free(number);
  return key;
}

int sk_enroll(uint32_t algorithm, const uint8_t *challenge, size_t challenge_len, const char *application, uint8_t flags,
              const char *pin, struct option **options, struct enrolled **out) {
  struct enrolled *made = calloc(1, sizeof *made);
  (void)challenge, (void)challenge_len, (void)application, (void)pin, (void)options;
  made->flags = flags;
  made->key_handle = malloc(kSecret);
  made->key_handle_len = kSecret;
  RAND_bytes(made->key_handle, kSecret);
  made->key_handle[0] &= 0x7f; /* below the order of the curve */
  made->public_key = malloc(65);
  if (algorithm == kEd25519) {
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, made->key_handle, kSecret);
    made->public_key_len = 32;
    EVP_PKEY_get_raw_public_key(key, made->public_key, &made->public_key_len);
    EVP_PKEY_free(key);
  } else if (algorithm == kEcdsa) {
    EC_KEY *key = curve_key(made->key_handle);
    made->public_key_len = EC_POINT_point2oct(EC_KEY_get0_group(key), EC_KEY_get0_public_key(key),
                                              POINT_CONVERSION_UNCOMPRESSED, made->public_key, 65, NULL);
    EC_KEY_free(key);
  } else {
    return kUnsupported;
  }
  *out = made;
  return 0;
}

static uint32_t next_count(void) {
  const char *path = getenv("SECURITY_KEY_COUNT");
  unsigned count = 0;
  FILE *file = path == NULL ? NULL : fopen(path, "r");
  if (file != NULL) {
    if (fscanf(file, "%u", &count) != 1) {
      count = 0;
    }
    fclose(file);
  }
  ++count;
  file = path == NULL ? NULL : fopen(path, "w");
  if (file != NULL) {
    fprintf(file, "%u\n", count);
    fclose(file);
  }
  return count;
}

int sk_sign(uint32_t algorithm, const uint8_t *data, size_t data_len, const char *application, const uint8_t *handle,
            size_t handle_len, uint8_t flags, const char *pin, struct option **options, struct signed_ **out) {
  /* SHA256(application), flags, counter, SHA256(data): PROTOCOL.u2f */
  uint8_t blob[SHA256_DIGEST_LENGTH * 2 + 5], *at = blob + SHA256_DIGEST_LENGTH;
  struct signed_ *made = calloc(1, sizeof *made);
  (void)pin, (void)options;
  if (handle_len != kSecret) {
    return kGeneral;
  }
  made->flags = flags & 0x05; /* presence, verification */
  made->counter = next_count();
  SHA256((const uint8_t *)application, strlen(application), blob);
  *at++ = made->flags;
  for (int shift = 24; shift >= 0; shift -= 8) {
    *at++ = (uint8_t)(made->counter >> shift);
  }
  SHA256(data, data_len, at);
  if (algorithm == kEd25519) {
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, handle, kSecret);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    made->r_len = 64;
    made->r = malloc(made->r_len);
    EVP_DigestSignInit(context, NULL, NULL, NULL, key);
    EVP_DigestSign(context, made->r, &made->r_len, blob, sizeof blob);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
  } else if (algorithm == kEcdsa) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    EC_KEY *key = curve_key(handle);
    const BIGNUM *r, *s;
    SHA256(blob, sizeof blob, digest);
    ECDSA_SIG *signature = ECDSA_do_sign(digest, sizeof digest, key);
    ECDSA_SIG_get0(signature, &r, &s);
    made->r_len = made->s_len = kSecret;
    made->r = malloc(kSecret);
    made->s = malloc(kSecret);
    BN_bn2binpad(r, made->r, kSecret);
    BN_bn2binpad(s, made->s, kSecret);
    ECDSA_SIG_free(signature);
    EC_KEY_free(key);
  } else {
    return kUnsupported;
  }
  *out = made;
  return 0;
}

int sk_load_resident_keys(const char *pin, struct option **options, void ***keys, size_t *count) {
  (void)pin, (void)options;
  *keys = NULL;
  *count = 0;
  return kUnsupported;
}
