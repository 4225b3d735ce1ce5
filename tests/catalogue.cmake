# Texts of installed programs that no form of parsers/auth_log/catalog knows.
include(pytest.cmake)
auditship_pytest(NAME unit_catalogue LABEL unit FILES catalogue/catalogue_test.py TIMEOUT 300)
