include(${CMAKE_CURRENT_LIST_DIR}/pytest.cmake)
auditship_pytest(NAME unit_log_codes LABEL unit FILES unit/log_codes_test.py)
