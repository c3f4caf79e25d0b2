from setuptools import setup

setup(name="cutax", version="2.3.7", packages=["cutax"])
